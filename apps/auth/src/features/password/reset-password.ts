import { notify } from '@bank/composition';
import { readerOf, withTransaction } from '@bank/database';
import { allow, DomainError, type Grant, isBlocked, parse, type UserId } from '@bank/domain';
import { smsOf } from '@bank/notifications';
import { keyedHash, type ReadToken, readToken } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import {
  type ChosenPassword,
  requireAcceptablePassword,
  requireNoOwnWords,
  requireUnusedPassword,
} from '#features/password/accept-password.ts';
import { resetTriesMax } from '#features/password/policies.ts';
import { replacePassword } from '#features/password/replace-password.ts';
import { resetTokenPrefix } from '#features/password/reset-link.ts';
import { ResetPasswordSchema } from '#features/password/schemas.ts';
import { endEverything } from '#features/standing/end-everything.ts';
import { type Contact, openContact } from '#features/user/contact.ts';
import { proveEmail } from '#features/user/prove-email.ts';

const resetAudits = [
  'auth.password.changed',
  'auth.password.reset_failed',
  'user.email_proven',
  'auth.session.revoked',
  'auth.sessions.revoked',
] as const;

/**
 * Gives a user the password that whoever has the link has chosen, once (SR-36). Everything they have open ends and the
 * counters of wrong passwords are lifted (SR-14); nobody is signed in by it, and a second factor is asked for as before
 * (SR-33). Somebody who is locked stays so: reading mail does not prove what the lock waits for. A password with their own
 * words, or that they have or had, is refused, and five such tries end the link.
 * @throws request.invalid, auth.verification.invalid, auth.password.unacceptable, service.overloaded
 */
export async function resetPassword(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const who = allow.anyone(caller.actor);
  const request = parse(ResetPasswordSchema, input);
  const link = readToken(resetTokenPrefix, request.token);
  const owner = link && (await ownerOf(ctx, link));
  if (link === undefined || owner === undefined) throw notValid('unknown, used or expired');
  const chosen = { password: request.password, path: 'password' };
  await requireAcceptablePassword(ctx, chosen);
  // Who finds no room in the line is turned away before being counted: five such tries would end the link.
  const passwordHash = await ctx.hasher.admit(() => hashUnused(ctx, who, { ...owner, link }, chosen));
  const use = { link, userId: owner.userId, passwordHash };
  const isDone = await withTransaction(ctx, { who, audits: resetAudits }, (tx) => useLink(tx, use));
  if (!isDone) throw notValid('used meanwhile, or the user is stopped');
}

interface Owner {
  userId: UserId;
  contact: Contact;
}

/** Whose link it is: their own words, and passwords they had, are no password (SR-6). */
async function ownerOf(ctx: AppContext, link: ReadToken): Promise<Owner | undefined> {
  const reader = readerOf(ctx);
  const limits = { triesMax: resetTriesMax, now: ctx.clock.now() };
  const userId = await reader.passwordResets.findOwner(link, limits);
  const user = userId && (await reader.users.find(userId));
  if (userId === undefined || user === undefined || user.contact === null) return undefined;
  return { userId, contact: await openContact(reader, { table: 'users', userId }, user.contact) };
}

/**
 * The hash of a password without the owner's own words that was not used lately. A try is counted before it is compared, as
 * its answer tells of them, and told of where it was refused.
 */
async function hashUnused(
  ctx: AppContext,
  who: Grant,
  { link, userId, contact }: Owner & { link: ReadToken },
  chosen: ChosenPassword,
): Promise<string> {
  const unaudited = 'counts a try: the ledger gets what becomes of it';
  const claim = { triesMax: resetTriesMax, now: ctx.clock.now() };
  const tries = await withTransaction(ctx, { who, unaudited }, (tx) => tx.passwordResets.claimTry(link, claim));
  if (tries === undefined) throw notValid('used meanwhile, or tried too often');
  try {
    await requireNoOwnWords(ctx, chosen, { ...contact, userId });
    await requireUnusedPassword(readerOf(ctx), userId, chosen);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'auth.password.unacceptable') {
      const failure = { action: 'auth.password.reset_failed', subject: userId, outcome: 'failure' } as const;
      await withTransaction(ctx, { who, audits: ['auth.password.reset_failed'] }, (tx) =>
        tx.audit({ ...failure, reason: error.reason ?? 'unacceptable', details: { tries } }),
      );
    }
    throw error;
  }
  return await ctx.hasher.hash(chosen.password);
}

async function useLink(
  tx: AppTransaction,
  { link, userId, passwordHash }: { link: ReadToken; userId: UserId; passwordHash: string },
): Promise<boolean> {
  // The user's row first: all who change a user or write them a link lock in that order.
  const user = await tx.users.lock(userId);
  if ((await tx.passwordResets.consume(link, tx.clock.now())) === undefined) return false;
  if (user === undefined || isBlocked(user.status, 'recovery')) {
    await tx.audit({ action: 'auth.password.reset_failed', subject: userId, outcome: 'denied', reason: 'status' });
    return false;
  }
  await proveEmail(tx, user);
  await replacePassword(tx, userId, { passwordHash, byReset: true });
  // Who reads the mail chose it: the number tells the user of it where the mailbox is not theirs alone (SR-20).
  if (user.phoneVerifiedAt !== null) await notify(tx, userId, smsOf('password-changed', {}));
  await tx.lockouts.lift(tx.keys.limits.all().map((key) => keyedHash(key, 'user', userId)));
  await endEverything(tx, userId, 'password_changed');
  return true;
}

function notValid(reason: string): DomainError {
  return new DomainError('auth.verification.invalid', { reason });
}
