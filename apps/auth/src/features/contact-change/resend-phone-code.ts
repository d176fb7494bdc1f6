import { withTransaction } from '@bank/database';
import { allow, DomainError, isBlocked, requireUser, type UserActor } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Address } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { beginChange, countCodeAsked } from '#features/contact-change/begin-change.ts';
import { openAddress } from '#features/contact-change/change-code.ts';
import { codeSeconds, pendingSeconds } from '#features/contact-change/policies.ts';
import { openContact } from '#features/user/contact.ts';
import type { User } from '#storage/users/user.repository.ts';

type Outcome = 'sent' | 'blocked' | 'none_pending' | 'too_often';

/**
 * Sends a new code, in place of the older, to the number that the caller is proving: the one of a change that this session has
 * asked for, or the one given at registration. It takes no step-up, since the number was chosen with one or by whoever chose
 * the password. @throws auth.token.missing, user.state.blocked, user.contact_change.none_pending, request.rate_limited
 */
export async function resendPhoneCode(ctx: AppContext, caller: Caller): Promise<{ expiresIn: number }> {
  const user = requireUser(caller.actor);
  const { userId, sessionId } = user;
  const who = allow.self(caller.actor, userId);
  const counted = await countCodeAsked(ctx, 'phone', userId);
  const outcome = await withTransaction(ctx, { who, audits: ['user.contact_change.resent'] }, async (tx) => {
    const decided = counted.allowed ? await resend(tx, user) : 'too_often';
    const isSent = decided === 'sent';
    const reason = isSent ? {} : { reason: decided };
    const told = {
      action: 'user.contact_change.resent',
      subject: userId,
      details: { kind: 'phone', sessionId },
    } as const;
    await tx.audit({ ...told, outcome: isSent ? 'success' : 'denied', ...reason });
    return decided;
  });
  if (outcome === 'sent') return { expiresIn: codeSeconds };
  await counted.giveBack();
  if (outcome === 'blocked') throw new DomainError('user.state.blocked');
  if (outcome === 'none_pending') throw new DomainError('user.contact_change.none_pending');
  const retryAfterSeconds = counted.allowed ? pendingSeconds : counted.resetSeconds;
  throw new DomainError('request.rate_limited', { details: { retryAfterSeconds } });
}

async function resend(tx: AppTransaction, { userId, sessionId }: UserActor): Promise<Outcome> {
  // The user's row first: all who change a user lock in that order.
  const user = await tx.users.lock(userId);
  if (user === undefined || isBlocked(user.status, 'change')) return 'blocked';
  const number = (await numberOfChange(tx, user, sessionId)) ?? (await numberOfRegistration(tx, user));
  if (number === undefined) return 'none_pending';
  return (await beginChange(tx, user, sessionId, number)) ? 'sent' : 'too_often';
}

async function numberOfChange(tx: AppTransaction, { id }: User, sessionId: string): Promise<Address | undefined> {
  const pending = await tx.contactChanges.lockPending(id, tx.clock.now(), 'phone');
  return pending?.sessionId === sessionId ? await openAddress(tx, pending) : undefined;
}

/** Of whoever has never proven a number. */
async function numberOfRegistration(tx: AppTransaction, user: User): Promise<Address | undefined> {
  if (user.contact === null || user.phoneVerifiedAt !== null) return undefined;
  const { phone } = await openContact(tx, { table: 'users', userId: user.id }, user.contact);
  return phone === null ? undefined : { kind: 'phone', value: phone };
}
