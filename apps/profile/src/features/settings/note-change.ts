import type { TransactionScope } from '@bank/database';
import type { AppContext, Repositories } from '#context.ts';
import { settingsUpdated } from '#events.ts';
import type { Settings } from '#storage/settings.entity.ts';

/** Tells whoever keeps to settings, and the ledger, which of a user's changed: by name, never by value. */
export async function noteChange(
  tx: AppContext & TransactionScope<Repositories>,
  { userId, version }: Pick<Settings, 'userId' | 'version'>,
  changedFields: readonly string[],
): Promise<void> {
  await tx.emit(settingsUpdated({ userId, version, changedFields, at: tx.clock.now() }));
  const details = { version, fields: changedFields.join(' ') };
  await tx.audit({ action: 'settings.updated', subject: userId, outcome: 'success', details });
}
