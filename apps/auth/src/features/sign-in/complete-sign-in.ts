import { withTransaction } from '@bank/database';
import { allow, DomainError, isBlocked, parse } from '@bank/domain';
import type { InferOutput } from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import { signInFailed } from '#events.ts';
import type { Caller } from '#features/caller.ts';
import { resolveClient } from '#features/client/resolve-client.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { openSession } from '#features/session/open-session.ts';
import { isEmailedCode } from '#features/sign-in/emailed-code.ts';
import { unknownDevices } from '#features/sign-in/lockout-policies.ts';
import { codeAttemptsMax } from '#features/sign-in/policies.ts';
import { CompleteSignInSchema } from '#features/sign-in/schemas.ts';
import type { Client } from '#storage/sessions/client.repository.ts';
import type { CodeAttempt } from '#storage/sign-ins/sign-in.repository.ts';

type Outcome = { kind: 'signed_in'; signedIn: SignedIn } | { kind: 'unknown' | 'wrong_code' | 'changed' };

/**
 * The second half of a sign-in by an emailed code. The session stays `aal1` (SR-29), but its device is known from now on.
 * @throws request.invalid, auth.client.unknown, auth.origin.refused, auth.login.invalid, auth.second_factor.invalid
 */
export async function completeSignIn(ctx: AppContext, input: unknown, caller: Caller): Promise<SignedIn> {
  const who = allow.anyone(caller.actor);
  const request = parse(CompleteSignInSchema, input);
  const client = resolveClient(ctx, request.clientId, caller);
  const audits = ['auth.sign_in.succeeded', 'auth.sign_in.failed'] as const;
  const outcome = await withTransaction(ctx, { who, audits }, async (tx): Promise<Outcome> => {
    const { challengeId } = request;
    const now = ctx.clock.now();
    const attempt = await tx.signIns.claimAttempt(request.loginId, { challengeId, attemptsMax: codeAttemptsMax, now });
    if (attempt === undefined) return { kind: 'unknown' };
    const isRight =
      attempt.clientId === client.id && isEmailedCode(ctx, { ...attempt, challengeId }, request.response.code);
    if (!isRight) return await refuse(tx, attempt);
    await tx.signIns.close(attempt.id, now);
    return await open(tx, { attempt, client, request, caller });
  });
  if (outcome.kind === 'wrong_code') throw new DomainError('auth.second_factor.invalid', { reason: outcome.kind });
  if (outcome.kind !== 'signed_in') throw new DomainError('auth.login.invalid', { reason: outcome.kind });
  return outcome.signedIn;
}

async function refuse(tx: AppTransaction, attempt: CodeAttempt): Promise<Outcome> {
  const { userId, clientId, pool } = attempt;
  const deviceId = pool === unknownDevices ? undefined : pool;
  await tx.audit({ action: 'auth.sign_in.failed', subject: userId, outcome: 'failure', reason: 'factor' });
  await tx.emit(signInFailed({ userId, clientId, deviceId, reason: 'factor', at: tx.clock.now() }));
  return { kind: 'wrong_code' };
}

interface Opening {
  attempt: CodeAttempt;
  client: Client;
  request: InferOutput<typeof CompleteSignInSchema>;
  caller: Caller;
}

async function open(tx: AppTransaction, opening: Opening): Promise<Outcome> {
  const { attempt, client, request, caller } = opening;
  const current = await tx.users.shareCredential(attempt.userId);
  if (current === undefined || isBlocked(current.status, 'sign_in') || current.changedAt > attempt.createdAt) {
    await tx.audit({ action: 'auth.sign_in.failed', subject: attempt.userId, outcome: 'denied', reason: 'changed' });
    return { kind: 'changed' };
  }
  await tx.lockouts.reset(attempt);
  const device = { input: request.device, secret: request.device?.secret ?? caller.cookies.deviceSecret };
  const user = { id: current.userId, roles: current.roles };
  const facts = { user, client, acr: 'aal1', amr: ['pwd', 'otp'], device, becomesKnown: true } as const;
  return { kind: 'signed_in', signedIn: await openSession(tx, facts) };
}
