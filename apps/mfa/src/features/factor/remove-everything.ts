import { notify } from '@bank/composition';
import type { UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { factorRemoved, factorsReset } from '#events.ts';
import type { EnrolledUntil } from '#storage/factor.repository.ts';

/** Why it is done, for the ledger: an approval with the note that says it, a recovery, or that the user works here from then on. */
export type Warrant =
  | { readonly noteId: string; readonly approvalId: string; readonly makerId: string }
  | { readonly recoveryId: string }
  | { readonly becameStaffAt: string };

/**
 * Removes all that proves a user beside the password, and tells everybody, also where there was nothing: keys of devices and open
 * sessions may rest on a factor that the user, or whoever acted as the user, removed before. With a `scope` factors and codes of
 * later stay. Answers how many factors there were.
 */
export async function removeEverything(
  tx: AppTransaction,
  userId: UserId,
  {
    byStaff,
    warrant,
    scope,
  }: { readonly byStaff: boolean; readonly warrant: Warrant; readonly scope?: EnrolledUntil | undefined },
): Promise<number> {
  await tx.subjects.lock(userId);
  const removed = await tx.factors.removeAll(userId, scope);
  await tx.challenges.removeAll(userId);
  const codes = await tx.recoveryCodes.removeAll(userId, scope?.until);
  const at = tx.clock.now();
  await tx.subjects.noteReset(userId, at);
  const entry = { subject: userId, outcome: 'success' } as const;
  for (const { id: factorId, type } of removed) {
    await tx.emit(factorRemoved({ userId, factorId, type, at, byStaff }));
    await tx.audit({ ...entry, action: 'mfa.factor.removed', details: { ...warrant, factorId, type } });
  }
  await tx.emit(factorsReset({ userId, at, byStaff }));
  const details = { ...warrant, factors: removed.length, recoveryCodes: codes };
  await tx.audit({ ...entry, action: 'mfa.factors.reset', details });
  await notify(tx, userId, messageOf('factors-reset', { at }));
  return removed.length;
}
