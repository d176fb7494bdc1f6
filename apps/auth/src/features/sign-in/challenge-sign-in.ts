import { readerOf, withTransaction } from '@bank/database';
import { allow, DomainError, type Grant, parse } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { generateCode } from '@bank/security';
import type { PasskeyQuestion } from '#adapters/factors/assertion.ts';
import type { StartedFactor } from '#adapters/factors/factor-challenges.ts';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { refusalOf } from '#features/second-factor/refusals.ts';
import { mayBeAsked } from '#features/second-factor/sufficient-factors.ts';
import { hashEmailedCode, signInCode, tooSoon } from '#features/sign-in/emailed-code.ts';
import { findLockOfCodes } from '#features/sign-in/judge-emailed-code.ts';
import { deviceOfPool } from '#features/sign-in/lockout-policies.ts';
import { codeAttemptsMax, codePauses, emailedCodeSeconds } from '#features/sign-in/policies.ts';
import { type LockedAttempt, refuseLocked } from '#features/sign-in/refuse-locked.ts';
import { ChallengeSchema } from '#features/sign-in/schemas.ts';

export interface StartedChallenge {
  challengeId: string;
  type: string;
  expiresIn: number;
  /** What a passkey is asked with. */
  options?: PasskeyQuestion;
}

/**
 * Asks for the second half of a pending sign-in: one of the user's factors, or a code sent by email, which goes by the id
 * of the sign-in. It replaces what was asked before, and the tries stay counted (SR-25, SR-26). While codes of the user are locked
 * none is sent that could not be used.
 * @throws request.invalid, auth.login.invalid, auth.second_factor.locked, service.unavailable
 */
export async function challengeSignIn(ctx: AppContext, input: unknown, caller: Caller): Promise<StartedChallenge> {
  const who = allow.anyone(caller.actor);
  const { loginId, factorId } = parse(ChallengeSchema, input);
  return factorId === loginId ? await sendCode(ctx, who, loginId) : await askFactor(ctx, loginId, factorId);
}

async function askFactor(ctx: AppContext, loginId: string, factorId: string): Promise<StartedChallenge> {
  const now = ctx.clock.now();
  const pending = await readerOf(ctx).signIns.findOpen(loginId, now);
  if (pending?.method !== 'factor') throw new DomainError('auth.login.invalid', { reason: 'no factor is asked for' });
  const { userId } = pending;
  const audience = ctx.clientRegistry.find(pending.clientId)?.audience ?? '';
  const binding = { userId, purpose: 'sign_in', bindingId: loginId, audience } as const;
  if (!(await mayBeAsked(ctx, binding, factorId))) throw refusalOf({ kind: 'unknown' }, 'auth.login.invalid');
  const started = await ctx.factorChallenges.start(binding, factorId);
  if (started.kind !== 'started') throw refusalOf(started, 'auth.login.invalid');
  return viewChallenge(started, now);
}

/** A challenge of mfa as its user is told of it. */
export function viewChallenge(started: Extract<StartedFactor, { kind: 'started' }>, now: Date): StartedChallenge {
  const { challengeId, type, expiresAt, question } = started;
  const expiresIn = Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / 1000));
  return { challengeId, type, expiresIn, ...(question === undefined ? {} : { options: question }) };
}

type Sent =
  | { kind: 'sent' | 'unknown' }
  | { kind: 'locked'; attempt: LockedAttempt }
  | { kind: 'soon'; notBefore: Date };

async function sendCode(ctx: AppContext, who: Grant, loginId: string): Promise<StartedChallenge> {
  const challengeId = ctx.ids.next();
  const code = generateCode();
  const codeHash = hashEmailedCode(ctx, signInCode, challengeId, code);
  const now = ctx.clock.now();
  const expiresAt = new Date(now.getTime() + emailedCodeSeconds * 1000);
  const unaudited = 'a code was asked for: the ledger gets what comes of it';
  const sent = await withTransaction(ctx, { who, unaudited }, async (tx): Promise<Sent> => {
    const pending = await tx.signIns.holdToAsk(loginId, { ...codePauses, attemptsMax: codeAttemptsMax, now });
    if (pending === undefined) return { kind: 'unknown' };
    const { userId, clientId, pool, nextCodeAt } = pending;
    const attempt = await findLockOfCodes(tx, { userId, clientId, knownDeviceId: deviceOfPool(pool) });
    if (attempt !== undefined) return { kind: 'locked', attempt };
    if (nextCodeAt !== null && nextCodeAt > now) return { kind: 'soon', notBefore: nextCodeAt };
    await tx.signIns.challenge(loginId, { challengeId, codeHash, expiresAt });
    const message = messageOf('sign-in-code', { code, minutes: emailedCodeSeconds / 60 });
    await tx.deliver({ to: { userId }, channel: 'email', expiresAt, ...message });
    return { kind: 'sent' };
  });
  if (sent.kind === 'sent') return { challengeId, type: 'email', expiresIn: emailedCodeSeconds };
  if (sent.kind === 'locked') return await refuseLocked(ctx, who, sent.attempt);
  if (sent.kind === 'soon') throw tooSoon(sent.notBefore, now);
  throw new DomainError('auth.login.invalid', { reason: 'unknown, closed or exhausted' });
}
