import { withTransaction } from '@bank/database';
import { allow, DomainError, parse } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { generateCode, keyedHash } from '@bank/security';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { codeContext } from '#features/sign-in/emailed-code.ts';
import { challengesMax, codeAttemptsMax, emailedCodeSeconds } from '#features/sign-in/policies.ts';
import { ChallengeSchema } from '#features/sign-in/schemas.ts';

export interface StartedChallenge {
  challengeId: string;
  type: 'email';
  expiresIn: number;
}

/**
 * Sends the code that a pending sign-in asks for; it replaces the older one, and the tries stay counted (SR-25, SR-26).
 * @throws request.invalid, auth.login.invalid
 */
export async function challengeSignIn(ctx: AppContext, input: unknown, caller: Caller): Promise<StartedChallenge> {
  const who = allow.anyone(caller.actor);
  const { loginId, factorId } = parse(ChallengeSchema, input);
  if (factorId !== loginId) throw new DomainError('auth.login.invalid', { reason: 'not the emailed code' });
  const challengeId = ctx.ids.next();
  const code = generateCode();
  const codeHash = keyedHash(ctx.keys.limits, codeContext, `${challengeId}:${code}`);
  const now = ctx.clock.now();
  const expiresAt = new Date(now.getTime() + emailedCodeSeconds * 1000);
  const unaudited = 'a code was asked for: the ledger gets what comes of it';
  const sent = await withTransaction(ctx, { who, unaudited }, async (tx) => {
    const limits = { challengesMax, attemptsMax: codeAttemptsMax, now };
    const pending = await tx.signIns.challenge(loginId, { challengeId, codeHash, expiresAt }, limits);
    if (pending === undefined) return false;
    const message = messageOf('sign-in-code', { code, minutes: emailedCodeSeconds / 60 });
    await tx.deliver({ to: { userId: pending.userId }, channel: 'email', expiresAt, ...message });
    return true;
  });
  if (!sent) throw new DomainError('auth.login.invalid', { reason: 'unknown, closed or exhausted' });
  return { challengeId, type: 'email', expiresIn: emailedCodeSeconds };
}
