import { readerOf, withTransaction } from '@bank/database';
import { allow, DomainError, isBlocked, parse, type UserId } from '@bank/domain';
import { keyedHash, type ReadToken, readToken } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { requireAcceptablePassword, requireUnusedPassword } from '#features/password/accept-password.ts';
import { replacePassword } from '#features/password/replace-password.ts';
import { resetTokenPrefix } from '#features/password/reset-link.ts';
import { ResetPasswordSchema } from '#features/password/schemas.ts';
import { endEverything } from '#features/standing/end-everything.ts';
import { type Contact, openContact } from '#features/user/contact.ts';

const resetAudits = [
  'auth.password.changed',
  'auth.password.reset_failed',
  'auth.session.revoked',
  'auth.sessions.revoked',
] as const;

/**
 * Gives a user the password that whoever has his link has chosen, once (SR-36). Everything he has open ends and the counters
 * of wrong passwords are lifted (SR-14); nobody is signed in by it, and a second factor is asked for as before (SR-33).
 * Somebody who is locked stays so: reading his mail does not prove what the lock waits for.
 * @throws request.invalid, auth.verification.invalid, auth.password.unacceptable, service.overloaded
 */
export async function resetPassword(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const who = allow.anyone(caller.actor);
  const request = parse(ResetPasswordSchema, input);
  const link = readToken(resetTokenPrefix, request.token);
  const owner = link && (await ownerOf(ctx, link));
  if (link === undefined || owner === undefined) throw notValid('unknown, used or expired');
  const chosen = { password: request.password, path: 'password' };
  await requireAcceptablePassword(ctx, { ...chosen, ...owner.contact });
  await requireUnusedPassword(readerOf(ctx), owner.userId, chosen);
  const passwordHash = await ctx.hasher.hash(request.password);
  const isDone = await withTransaction(ctx, { who, audits: resetAudits }, (tx) => useLink(tx, link, passwordHash));
  if (!isDone) throw notValid('used meanwhile, or the user is stopped');
}

/** Whose link it is: his own words, and the passwords he had, are no password (SR-6). */
async function ownerOf(ctx: AppContext, link: ReadToken): Promise<{ userId: UserId; contact: Contact } | undefined> {
  const reader = readerOf(ctx);
  const userId = await reader.passwordResets.findOwner(link, ctx.clock.now());
  const user = userId && (await reader.users.find(userId));
  if (userId === undefined || user === undefined || user.contact === null) return undefined;
  return { userId, contact: await openContact(reader, { table: 'users', userId }, user.contact) };
}

async function useLink(tx: AppTransaction, link: ReadToken, passwordHash: string): Promise<boolean> {
  const now = tx.clock.now();
  const userId = await tx.passwordResets.findOwner(link, now);
  if (userId === undefined) return false;
  // His row first, as everybody takes them who changes a user or writes him a link.
  const user = await tx.users.lock(userId);
  if ((await tx.passwordResets.consume(link, now)) === undefined) return false;
  if (user === undefined || isBlocked(user.status, 'recovery')) {
    await tx.audit({ action: 'auth.password.reset_failed', subject: userId, outcome: 'denied', reason: 'status' });
    return false;
  }
  if (user.emailVerifiedAt === null) await tx.users.proveEmail(userId, tx.clock.now());
  await replacePassword(tx, userId, { passwordHash, byReset: true });
  await tx.lockouts.lift(tx.keys.limits.all().map((key) => keyedHash(key, 'user', userId)));
  await endEverything(tx, userId, 'password_changed');
  return true;
}

function notValid(reason: string): DomainError {
  return new DomainError('auth.verification.invalid', { reason });
}
