import { notify } from '@bank/composition';
import { messageOf, type TemplateName } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { gatherFacts } from '#features/kyc/gather-facts.ts';
import { noteMove } from '#features/kyc/note-move.ts';
import { lastDayOf } from '#features/kyc/policies.ts';
import { lockIdentity, unlockIdentity } from '#features/profile/lock-identity.ts';
import type { KycCase, KycDecider, KycStanding } from '#storage/kyc/kyc-case.ts';

/** What the user is written about where their case has come to. */
const letters = {
  approved: 'kyc-approved',
  rejected: 'kyc-rejected',
  more_information: 'kyc-more-information',
} as const satisfies Partial<Record<KycCase['status'], TemplateName>>;

/**
 * Draws the consequences of a decision within its transaction: nothing more is asked of the provider, an approval raises the
 * tier and keeps who the user is locked, anything else lets go of that, the user is written to, everybody and the ledger are told.
 */
export async function settleCase(
  tx: AppTransaction,
  decided: KycCase,
  by: { readonly decider: KycDecider; readonly details?: Readonly<Record<string, string>> },
): Promise<void> {
  const { id: caseId, userId, attempt, status, tier, reasons } = decided;
  await tx.kycSubmissions.settle(caseId, attempt);
  await noteMove(tx, decided, status === 'approved' ? await grantTier(tx, decided) : await letGo(tx, decided));
  const template = letters[status as keyof typeof letters];
  if (template !== undefined) await notify(tx, userId, messageOf(template, { at: tx.clock.now() }), { keptDays: 3 });
  const details = { caseId, attempt, tier, status, decidedBy: by.decider, ...by.details };
  await tx.audit({
    action: 'kyc.case.moved',
    subject: userId,
    outcome: 'success',
    ...(reasons.length > 0 && { reason: reasons.join(' ') }),
    details,
  });
}

/** What handing in had locked may be changed again, unless an earlier approval locked it. */
async function letGo(tx: AppTransaction, { userId, locksIdentity }: KycCase): Promise<undefined> {
  if (locksIdentity) await unlockIdentity(tx, userId);
}

/**
 * From now on who the user is changes only by a request that staff look at. The tier ends with what the documents prove that were
 * handed in: where one has run out while the case was looked at, with the next look at what has expired.
 */
async function grantTier(tx: AppTransaction, { id: caseId, userId, tier, submittedAt }: KycCase): Promise<KycStanding> {
  const at = tx.clock.now();
  await lockIdentity(tx, userId);
  const facts = await gatherFacts(tx, userId, caseId, submittedAt ?? at);
  const validUntil = lastDayOf(tier, facts);
  return tx.kycStandings.raise({ userId, tier, caseId, validUntil, at });
}
