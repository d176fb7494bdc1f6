import { withTransaction } from '@bank/database';
import { allow, DomainError, type Grant, parse, requireUser, type UserActor } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { generateCode } from '@bank/security';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { refusalOf } from '#features/second-factor/refusals.ts';
import { requireTextCode } from '#features/second-factor/require-text-code.ts';
import { mayBeAsked } from '#features/second-factor/sufficient-factors.ts';
import { type StartedChallenge, viewChallenge } from '#features/sign-in/challenge-sign-in.ts';
import { hashEmailedCode, stepUpCode, tooSoon } from '#features/sign-in/emailed-code.ts';
import { findLockOfCodes } from '#features/sign-in/judge-emailed-code.ts';
import { codePauses, emailedCodeSeconds } from '#features/sign-in/policies.ts';
import { type LockedAttempt, refuseLocked } from '#features/sign-in/refuse-locked.ts';
import { type FoundSession, findOwnSession } from '#features/step-up/find-session.ts';
import { requireNoFactor } from '#features/step-up/require-no-factor.ts';
import { StepUpChallengeSchema } from '#features/step-up/schemas.ts';
import { challengeTransaction, type TransactionChallenge } from '#features/transaction/challenge-transaction.ts';

/**
 * Asks the holder of a session for one of their factors or, by the session's own id, sends the code that a password step-up on
 * an unknown device needs. It replaces what was asked before, and the tries stay counted (SR-24 to SR-26). None is sent
 * that could not be used: while codes of the user are locked, where the password does without it, or steps nobody up (SR-18). With a
 * transaction it asks them to approve that, and nothing else (SR-63).
 * @throws auth.token.missing, auth.token.invalid, access.forbidden, request.invalid, factor.not_found, auth.step_up.required,
 * auth.second_factor.locked, request.rate_limited, service.unavailable
 */
export async function challengeStepUp(
  ctx: AppContext,
  input: unknown,
  caller: Caller,
): Promise<StartedChallenge | TransactionChallenge> {
  const user = requireUser(caller.actor);
  const who = allow.self(caller.actor, user.userId);
  const { factorId, transaction } = parse(StepUpChallengeSchema, input);
  const own = await findOwnSession(ctx, user);
  if (transaction !== undefined) return await challengeTransaction(ctx, { who, user }, { factorId, transaction });
  if (factorId !== user.sessionId) return await askFactor(ctx, user, factorId);
  await requireUseOfCode(ctx, user, own);
  return await sendCode(ctx, who, own);
}

/** As whoever says the password is answered: who steps up by no password needs no code, nor does a device that is known. */
async function requireUseOfCode(ctx: AppContext, user: UserActor, { isDeviceKnown }: FoundSession): Promise<void> {
  await requireNoFactor(ctx, user);
  if (isDeviceKnown) throw new DomainError('factor.not_found', { reason: 'the password does without a code' });
}

async function askFactor(
  ctx: AppContext,
  { userId, sessionId, audience }: UserActor,
  factorId: string,
): Promise<StartedChallenge> {
  const binding = { userId, purpose: 'step_up', bindingId: sessionId, audience } as const;
  if (!(await mayBeAsked(ctx, binding, factorId))) throw refusalOf({ kind: 'unknown' }, 'factor.not_found');
  await requireTextCode(ctx, { userId, factorId });
  const started = await ctx.factorChallenges.start(binding, factorId);
  if (started.kind !== 'started') throw refusalOf(started, 'factor.not_found');
  return viewChallenge(started, ctx.clock.now());
}

type Sent =
  | { kind: 'sent' }
  | { kind: 'locked'; attempt: LockedAttempt }
  | { kind: 'soon'; notBefore: Date | undefined };

async function sendCode(ctx: AppContext, who: Grant, { session }: FoundSession): Promise<StartedChallenge> {
  const { id: sessionId, userId, clientId } = session;
  const challengeId = ctx.ids.next();
  const code = generateCode();
  const now = ctx.clock.now();
  const codeExpiresAt = new Date(now.getTime() + emailedCodeSeconds * 1000);
  const codeHash = hashEmailedCode(ctx, stepUpCode, challengeId, code);
  const unaudited = 'a code was asked for: the ledger gets what comes of it';
  const sent = await withTransaction(ctx, { who, unaudited }, async (tx): Promise<Sent> => {
    const attempt = await findLockOfCodes(tx, { userId, clientId, knownDeviceId: undefined });
    if (attempt !== undefined) return { kind: 'locked', attempt };
    const limits = { ...codePauses, now };
    if (!(await tx.stepUpCodes.replace(sessionId, { challengeId, codeHash, codeExpiresAt }, limits))) {
      return { kind: 'soon', notBefore: await tx.stepUpCodes.findNextCode(sessionId, limits) };
    }
    const message = messageOf('step-up-code', { code, minutes: emailedCodeSeconds / 60 });
    await tx.deliver({ to: { userId }, channel: 'email', expiresAt: codeExpiresAt, ...message });
    return { kind: 'sent' };
  });
  if (sent.kind === 'locked') return await refuseLocked(ctx, who, sent.attempt);
  // The code of before may have been used meanwhile: then another is sent at once.
  if (sent.kind === 'soon') throw tooSoon(sent.notBefore ?? now, now);
  return { challengeId, type: 'email', expiresIn: emailedCodeSeconds };
}
