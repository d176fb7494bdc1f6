import { allow, isBlocked, parse } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { makeChangeCode, openAddress } from '#features/contact-change/change-code.ts';
import { changeCounters, pendingSeconds } from '#features/contact-change/policies.ts';
import { ResendVerificationSchema } from '#features/contact-change/schemas.ts';
import { sendChangeCode } from '#features/contact-change/send-change-code.ts';
import { type ActRefusal, actOnUser } from '#features/standing/act-on-user.ts';
import type { ContactChange } from '#storage/users/contact-change.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Sends the code of a user's pending change again, for staff on the telephone with them: a new code in place of the older, for
 * the same address and session; tries and messages stay counted. Staff see neither code nor address.
 * @throws access.forbidden, auth.step_up.required, request.invalid, user.not_found, user.state.blocked,
 * user.contact_change.none_pending, request.rate_limited
 */
export async function resendVerification(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<void> {
  const permission = 'users.reset_password';
  allow.permission(caller.actor, permission);
  const { userId, noteId } = parse(ResendVerificationSchema, input);
  await actOnUser(ctx, caller, { action: 'user.contact_change.resent', permission, userId, noteId }, resend);
}

async function resend(tx: AppTransaction, user: User): Promise<ActRefusal | undefined> {
  const { id: userId, status } = user;
  if (isBlocked(status, 'change')) return { code: 'user.state.blocked' };
  const now = tx.clock.now();
  const pending = await tx.contactChanges.lockPending(userId, now);
  if (pending === undefined) return { code: 'user.contact_change.none_pending' };
  const renewed: ContactChange = { ...pending, id: tx.ids.next() };
  const { code, codeHash, codeExpiresAt } = makeChangeCode(tx, renewed);
  const change = { ...renewed, codeHash, codeExpiresAt };
  if (!(await tx.contactChanges.replace(change, { ...changeCounters, now }))) {
    return { code: 'request.rate_limited', details: { retryAfterSeconds: pendingSeconds } };
  }
  await sendChangeCode(tx, user, { address: await openAddress(tx, pending), code, expiresAt: codeExpiresAt });
  return undefined;
}
