import type { TransactionScope } from '@bank/database';
import type { AppContext, Repositories } from '#context.ts';
import { consentRecorded } from '#events.ts';
import type { Consent } from '#storage/consent.entity.ts';

/** Adds a decision after the latest on its purpose, which the transaction holds; tells the ledger and whoever listens. */
export async function addConsent(
  tx: AppContext & TransactionScope<Repositories>,
  latest: Pick<Consent, 'sequence'> | undefined,
  decided: Omit<Consent, 'id' | 'sequence'>,
): Promise<Consent> {
  const consent = { ...decided, id: tx.ids.next(), sequence: (latest?.sequence ?? 0) + 1 };
  const { id: consentId, userId, purpose, textVersion, decision, sequence } = consent;
  await tx.consents.add(consent);
  await tx.emit(consentRecorded(consent));
  const details = { consentId, purpose, textVersion, decision, sequence };
  await tx.audit({ action: 'consent.recorded', subject: userId, outcome: 'success', details });
  return consent;
}
