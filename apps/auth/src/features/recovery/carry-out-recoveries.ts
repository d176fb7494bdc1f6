import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { messageOf, smsOf } from '@bank/notifications';
import { keyedHash } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import { passwordHistoryMax } from '#features/password/policies.ts';
import { sendResetLink } from '#features/password/reset-link.ts';
import { leaseSeconds, needsReview, refusalOf } from '#features/recovery/policies.ts';
import { tellOfRecovery } from '#features/recovery/tell-of-recovery.ts';
import { returnToReview } from '#features/recovery/wait-for-recovery.ts';
import { endEverything } from '#features/standing/end-everything.ts';
import { moveUser } from '#features/standing/move-user.ts';
import type { DueRecovery } from '#storage/recoveries/recovery.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

const who = allow.system('recovery');
const batch = 20;
const audits = [
  'auth.recovery.completed',
  'auth.recovery.failed',
  'auth.session.revoked',
  'auth.sessions.revoked',
  'user.status_changed',
] as const;

/** Carries out the recoveries whose delay is over, one after the other; what fails is tried again after the lease. */
export async function carryOutRecoveries(ctx: AppContext): Promise<void> {
  const unaudited = 'takes up what is due: the ledger gets what becomes of it';
  const due = await withTransaction(ctx, { who, unaudited }, (tx) => {
    const now = tx.clock.now();
    return tx.recoveries.claimDue({ now, leaseUntil: leaseEnd(now), limit: batch });
  });
  for (const recovery of due) {
    const { id: recoveryId } = recovery;
    await carryOut(ctx, recovery).catch((err: unknown) => {
      ctx.logger.error({ err, recoveryId }, 'a recovery was not carried out and will be tried again');
    });
  }
}

async function carryOut(ctx: AppContext, recovery: DueRecovery): Promise<void> {
  const isClosed = await withTransaction(ctx, { who, audits }, (tx) => closeAccount(tx, recovery));
  if (!isClosed) return;
  await ctx.removeFactors({ userId: recovery.userId, recoveryId: recovery.id });
  await withTransaction(ctx, { who, audits }, (tx) => finish(tx, recovery));
}

function leaseEnd(now: Date): Date {
  return new Date(now.getTime() + leaseSeconds * 1000);
}

/**
 * The password of before is none any more and everything that is open ends, before the factors go: whatever fails then, nobody signs
 * in by that password alone. It is done once, however often the rest is tried. The user counts as of now: whoever was stopped or
 * became a colleague meanwhile is not recovered so.
 */
async function closeAccount(tx: AppTransaction, recovery: DueRecovery): Promise<boolean> {
  const { id, userId } = recovery;
  if ((await hold(tx, recovery)) === undefined) return false;
  const at = tx.clock.now();
  if (!(await tx.recoveries.claimClosing(id, { now: at, leaseUntil: leaseEnd(at) }))) {
    // Somebody may have carried it out meanwhile. Where the factors could not be removed yet the user may have chosen another password
    // by a link: that is none of before.
    return (await tx.recoveries.proofOf(id)) !== undefined;
  }
  await tx.passwordHistory.keep(userId, { id: tx.ids.next(), at, max: passwordHistoryMax - 1 });
  await tx.users.removePassword(userId);
  await tx.devices.doubtAll(userId);
  await endEverything(tx, userId, 'factor_changed');
  return true;
}

/**
 * The user of a recovery, as they are now and held until the commit; undefined when it is not carried out for them. That of
 * one who was locked meanwhile waits for staff, whatever was proven before (SR-43).
 */
async function hold(tx: AppTransaction, recovery: DueRecovery): Promise<User | undefined> {
  const user = await tx.users.lock(recovery.userId);
  const refusal = refusalOf(user);
  if (user === undefined || refusal !== undefined) {
    await refuse(tx, recovery, refusal ?? 'nobody');
    return undefined;
  }
  const proof = await tx.recoveries.proofOf(recovery.id);
  if (proof === undefined || !needsReview(user, proof)) return user;
  const inReview = await returnToReview(tx, recovery.id);
  if (inReview !== undefined) await tellOfRecovery(tx, user, inReview);
  await tellRefusal(tx, recovery, 'locked');
  return undefined;
}

async function refuse(tx: AppTransaction, recovery: DueRecovery, reason: string): Promise<void> {
  await tx.recoveries.remove(recovery.id);
  await tellRefusal(tx, recovery, reason);
}

async function tellRefusal(tx: AppTransaction, { id, userId }: DueRecovery, reason: string): Promise<void> {
  const details = { recoveryId: id };
  await tx.audit({ action: 'auth.recovery.failed', subject: userId, outcome: 'denied', reason, details });
}

/**
 * The end of a recovery: what was opened by a factor meanwhile ends as well, no device that became known so is known any more, a lock
 * is lifted where staff decided since, and another password is begun by a link to the mailbox. Until it is chosen nobody signs in, but
 * for whoever chose one after the account was closed.
 */
async function finish(tx: AppTransaction, recovery: DueRecovery): Promise<void> {
  const { id, userId } = recovery;
  const user = await hold(tx, recovery);
  if (user === undefined) return;
  if (!(await tx.recoveries.remove(id))) return;
  await tx.lockouts.lift(tx.keys.limits.all().map((key) => keyedHash(key, 'user', userId)));
  await tx.devices.doubtAll(userId);
  await endEverything(tx, userId, 'factor_changed');
  if (user.status === 'locked') await moveUser(tx, user, { to: 'active', by: 'user', warrant: { recoveryId: id } });
  await sendResetLink(tx, user, { byStaff: false });
  await tellThatDone(tx, user);
  const details = { recoveryId: id };
  await tx.audit({ action: 'auth.recovery.completed', subject: userId, outcome: 'success', details });
}

async function tellThatDone(tx: AppTransaction, { id: userId, phoneVerifiedAt }: User): Promise<void> {
  await notify(tx, userId, messageOf('recovery-completed', { at: tx.clock.now() }));
  if (phoneVerifiedAt !== null) await notify(tx, userId, smsOf('recovery-completed', {}));
}
