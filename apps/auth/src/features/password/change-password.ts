import { readerOf, withTransaction } from '@bank/database';
import { allow, DomainError, type Grant, isBlocked, parse, requireUser, type UserId } from '@bank/domain';
import type * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import {
  type ChosenPassword,
  requireAcceptablePassword,
  requireNoOwnWords,
  requireUnusedPassword,
} from '#features/password/accept-password.ts';
import {
  type ConfirmedPassword,
  type CountedPassword,
  confirmPassword,
  endFailures,
} from '#features/password/confirm-password.ts';
import { isStillPassword } from '#features/password/policies.ts';
import { replacePassword } from '#features/password/replace-password.ts';
import { ChangePasswordSchema } from '#features/password/schemas.ts';
import { verifyCounted } from '#features/password/verify-counted.ts';
import { endManySessions } from '#features/session/end-session.ts';
import { isLive } from '#features/session/policies.ts';
import { findOwnSession } from '#features/step-up/find-session.ts';
import { type Contact, openContact } from '#features/user/contact.ts';

/**
 * Changes the caller's password. The present one is needed, and a wrong one counts as at a sign-in (SR-7). The caller's other
 * sessions end, this one goes on (SR-47). The same again in the same session changes nothing, for whoever lost the answer.
 * @throws auth.token.missing, auth.token.invalid, request.invalid, auth.password.unacceptable, auth.credentials.invalid,
 * auth.credentials.locked, request.rate_limited, service.overloaded
 */
export async function changePassword(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const user = requireUser(caller.actor);
  const { userId, sessionId } = user;
  const who = allow.self(caller.actor, userId);
  const { currentPassword, newPassword } = parse(ChangePasswordSchema, input);
  const own = await findOwnSession(ctx, user);
  const chosen = { password: newPassword, path: 'newPassword' };
  await requireAcceptablePassword(ctx, chosen);
  await requireNoOwnWords(ctx, chosen, { ...(await contactOf(ctx, userId)), userId });
  const session = { who, user, caller, ...own };
  const confirmed = await confirmPassword(ctx, session, currentPassword, 'auth.password.change_failed', (counted) =>
    isRepetition(ctx, sessionId, counted, { currentPassword, newPassword }),
  );
  if (confirmed.isReplaced) return await settle(ctx, who, confirmed);
  const passwordHash = await hashUnused(ctx, who, confirmed, chosen);
  const audits = ['auth.password.changed', 'auth.session.revoked', 'auth.sessions.revoked'] as const;
  const isDone = await withTransaction(ctx, { who, audits }, async (tx) => {
    const current = await tx.users.lock(userId);
    const credential = await tx.users.shareCredential(userId);
    if (current === undefined || isBlocked(current.status, 'sign_in')) return false;
    if (credential === undefined || !isStillPassword(confirmed.credential, credential)) return false;
    await endFailures(tx, confirmed);
    await replacePassword(tx, userId, { passwordHash, byReset: false, deviceId: own.session.deviceId });
    await endManySessions(tx, { userId, exceptSessionId: sessionId }, 'password_changed');
    return true;
  });
  if (!isDone) throw new DomainError('auth.credentials.invalid', { reason: 'changed meanwhile' });
}

/**
 * Whether the change was made already: this session, which alone outlived it, chose the present password, and the request has the
 * one before and the present one. Whoever knows just the former has one guess at the latter a counted attempt, as at a sign-in.
 * Both are always verified, so that the time it takes tells of neither.
 */
async function isRepetition(
  ctx: AppContext,
  sessionId: string,
  counted: CountedPassword,
  { currentPassword, newPassword }: v.InferOutput<typeof ChangePasswordSchema>,
): Promise<boolean> {
  const { credential } = counted;
  // Looked at after the password was: the change of another session would have ended it.
  const session = await readerOf(ctx).sessions.find(sessionId);
  if (session === undefined || !isLive(session, ctx.clock.now()) || session.createdAt >= credential.changedAt)
    return false;
  const [, passwordHash] = await readerOf(ctx).passwordHistory.recent(credential.userId);
  if (passwordHash === undefined) return false;
  const before = await verifyCounted(ctx, { ...counted, credential: { ...credential, passwordHash } }, currentPassword);
  const present = await verifyCounted(ctx, counted, newPassword);
  return before.valid && present.valid;
}

/** The hash of a password not used lately. The present one was right: a refusal is no failed attempt. */
async function hashUnused(
  ctx: AppContext,
  who: Grant,
  confirmed: ConfirmedPassword,
  chosen: ChosenPassword,
): Promise<string> {
  try {
    await requireUnusedPassword(readerOf(ctx), confirmed.credential.userId, chosen);
    return await ctx.hasher.hash(chosen.password);
  } catch (error) {
    await settle(ctx, who, confirmed);
    throw error;
  }
}

async function settle(ctx: AppContext, who: Grant, confirmed: ConfirmedPassword): Promise<void> {
  const unaudited = 'the password was right, and nothing has changed';
  await withTransaction(ctx, { who, unaudited }, (tx) => endFailures(tx, confirmed));
}

async function contactOf(ctx: AppContext, userId: UserId): Promise<Contact> {
  const reader = readerOf(ctx);
  const user = await reader.users.find(userId);
  if (user === undefined || user.contact === null) throw new DomainError('auth.token.invalid', { reason: 'erased' });
  return await openContact(reader, { table: 'users', userId }, user.contact);
}
