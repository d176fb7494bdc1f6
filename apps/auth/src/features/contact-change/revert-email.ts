import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { allow, DomainError, parse, type UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { type ReadToken, readToken } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { linkBackRefusal, noticeSeconds } from '#features/contact-change/policies.ts';
import { putEmail } from '#features/contact-change/replace-email.ts';
import { openReversion, reversionTokenPrefix } from '#features/contact-change/reversion-link.ts';
import { RevertEmailSchema } from '#features/contact-change/schemas.ts';
import { endRecoveries } from '#features/recovery/end-recoveries.ts';
import { endEverything } from '#features/standing/end-everything.ts';
import { noticeDays } from '#features/standing/move-user.ts';
import { openContact } from '#features/user/contact.ts';
import type { EmailReversion } from '#storage/users/email-reversion.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

const audits = [
  'user.email_change.reverted',
  'user.email_changed',
  'auth.recovery.cancelled',
  'auth.session.revoked',
  'auth.sessions.revoked',
] as const;

type Outcome = 'done' | 'closed' | 'status' | 'staff' | 'taken';

/**
 * Gives a user the address back that the mail with the link went to, whatever came of the change: what is pending ends, links
 * for another password die, everybody is signed out. Nothing else changes, and nobody is signed in. The links of later changes
 * die with it, those of earlier ones stay good: whoever moves an account on and on cannot outrun its owner (SR-40). A link that
 * gave nothing back stays good: what stands against it may be over before its seven days are. One that found its address taken has
 * ended everything all the same, once: whoever clicked suspects a takeover.
 * @throws request.invalid, auth.verification.invalid, user.contact_change.taken
 */
export async function revertEmail(ctx: AppContext, input: unknown, caller: Pick<Caller, 'actor'>): Promise<void> {
  const who = allow.anyone(caller.actor);
  const { token } = parse(RevertEmailSchema, input);
  const link = readToken(reversionTokenPrefix, token);
  if (link === undefined) throw new DomainError('auth.verification.invalid', { reason: 'no such link' });
  const outcome = await withTransaction(ctx, { who, audits }, (tx) => useLink(tx, link));
  if (outcome === 'done') return;
  if (outcome === 'taken') throw new DomainError('user.contact_change.taken');
  throw new DomainError('auth.verification.invalid', { reason: outcome });
}

async function useLink(tx: AppTransaction, link: ReadToken): Promise<Outcome> {
  const now = tx.clock.now();
  const found = await tx.emailReversions.find(link, now);
  if (found === undefined) return 'closed';
  const { userId } = found;
  // The user's row first: all who change a user lock in that order.
  const user = await tx.users.lock(userId);
  // Looked for again, since somebody may have been faster.
  const reversion = await tx.emailReversions.find(link, now);
  if (user === undefined || reversion === undefined) return 'closed';
  const outcome = linkBackRefusal(user) ?? (await revert(tx, user, reversion));
  const told = outcome === 'done' ? { outcome: 'success' as const } : { outcome: 'denied' as const, reason: outcome };
  await tx.audit({ action: 'user.email_change.reverted', subject: userId, ...told });
  return outcome;
}

async function revert(tx: AppTransaction, user: User, reversion: EmailReversion): Promise<'done' | 'taken'> {
  const { id: userId, contact } = user;
  const email = await openReversion(tx, reversion);
  const at = tx.clock.now();
  if (contact === null || !(await putEmail(tx, user, { email, reverted: true }))) {
    // Once, since it stays good: whoever has the mailbox by now is not to keep its former owner signed out for days.
    if (await tx.emailReversions.claimEnding(reversion.id, at)) await shutOutAndTell(tx, userId);
    return 'taken';
  }
  await shutOut(tx, userId);
  await tx.emailReversions.removeFrom(reversion);
  const expiresAt = new Date(at.getTime() + noticeSeconds * 1000);
  const notice = { channel: 'email', expiresAt, ...messageOf('email-reverted', { at }) } as const;
  await tx.deliver({ ...notice, to: { userId } });
  const before = await openContact(tx, { table: 'users', userId }, contact);
  if (before.email !== email) await tx.deliver({ ...notice, to: { email: before.email } });
  return 'done';
}

/** Where no address changes, no other mail says to whoever has the present one why they are signed out (SR-20). */
async function shutOutAndTell(tx: AppTransaction, userId: UserId): Promise<void> {
  await tx.passwordResets.remove(userId);
  await endRecoveries(tx, userId, 'link_back');
  if ((await shutOut(tx, userId)) === 0) return;
  await notify(tx, userId, messageOf('session-revoked', { at: tx.clock.now() }), { keptDays: noticeDays });
}

/** Ends what somebody who has taken an account over has open, or could finish. How many sessions that were. */
async function shutOut(tx: AppTransaction, userId: UserId): Promise<number> {
  await tx.contactChanges.removeAll(userId);
  return await endEverything(tx, userId, 'email_reverted');
}
