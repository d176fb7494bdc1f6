import { withTransaction } from '@bank/database';
import { allow, DomainError, type Grant, parse, requireUser, type UserActor } from '@bank/domain';
import type { FactorAnswer } from '#adapters/factors/factor-challenges.ts';
import { nameOf } from '#adapters/factors/factor-kind.ts';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { isCalled } from '#features/client/entitlement.ts';
import { endRecoveries } from '#features/recovery/end-recoveries.ts';
import { assuranceOfStepUp } from '#features/second-factor/assurance.ts';
import { suffices } from '#features/second-factor/policies.ts';
import { refusalOf } from '#features/second-factor/refusals.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { findOwnSession } from '#features/step-up/find-session.ts';
import { renewSession } from '#features/step-up/renew-session.ts';
import { StepUpSchema } from '#features/step-up/schemas.ts';
import { stepUpWithPassword } from '#features/step-up/step-up-with-password.ts';
import { approveTransaction, findTransaction } from '#features/transaction/approve-transaction.ts';
import type { TransactionToken } from '#features/transaction/schemas.ts';
import type { Session } from '#storage/sessions/session.repository.ts';

/** What came of it: a renewed session, or a transaction that is approved and leaves the session as it is. */
export type SteppedUp =
  | { readonly kind: 'renewed'; readonly signedIn: SignedIn }
  | { readonly kind: 'approved'; readonly token: TransactionToken };

/**
 * Renews the authentication of the caller's session: to `aal2` by one of their factors, or at `aal1` by the password where
 * there is none; all tokens come new, and a factor ends a recovery that is under way. Or, where the challenge asks about a
 * transaction, approves that and nothing else (SR-63). Wrong answers count as they do for sign-ins (SR-13).
 * @throws auth.token.missing, auth.token.invalid, auth.client.unknown, request.invalid, challenge.not_found, auth.second_factor.invalid,
 * auth.second_factor.locked, auth.step_up.required, auth.step_up.code_required, auth.credentials.invalid,
 * auth.credentials.locked, request.rate_limited, service.overloaded, service.unavailable
 */
export async function stepUp(ctx: AppContext, input: unknown, caller: Caller): Promise<SteppedUp> {
  const user = requireUser(caller.actor);
  const who = allow.self(caller.actor, user.userId);
  const { challengeId, response, password, code, clientId } = parse(StepUpSchema, input);
  const own = await findOwnSession(ctx, user);
  requireItsClient(ctx, own.session, clientId);
  const owner = { who, user, caller, ...own };
  if (password !== undefined) return renewed(await stepUpWithPassword(ctx, owner, { password, code }));
  if (challengeId === undefined || response === undefined) {
    throw new DomainError('challenge.not_found', { reason: 'no answer' });
  }
  const asked = await findTransaction(ctx, owner, challengeId);
  if (asked !== undefined) {
    return { kind: 'approved', token: await approveTransaction(ctx, owner, asked, response) };
  }
  if ('signature' in response) throw new DomainError('challenge.not_found', { reason: 'no such transaction' });
  return renewed(await stepUpWithFactor(ctx, owner, { challengeId, answer: response }));
}

function requireItsClient(ctx: AppContext, session: Session, clientId: string | undefined): void {
  const client = ctx.clientRegistry.find(session.clientId);
  if (client !== undefined && isCalled(ctx, client, clientId)) return;
  throw new DomainError('auth.client.unknown', { reason: 'not the client of the session' });
}

function renewed(signedIn: SignedIn): SteppedUp {
  return { kind: 'renewed', signedIn };
}

async function stepUpWithFactor(
  ctx: AppContext,
  { who, user, caller, session }: { who: Grant; user: UserActor; caller: Caller; session: Session },
  proof: { challengeId: string; answer: FactorAnswer },
): Promise<SignedIn> {
  const { userId, sessionId, audience } = user;
  const audits = ['auth.stepped_up', 'auth.step_up.failed', 'auth.recovery.cancelled'] as const;
  const binding = { userId, purpose: 'step_up', bindingId: sessionId, audience } as const;
  const judge = () => ctx.factorChallenges.verify(binding, proof);
  const verdict = await withFailureLimit(ctx, caller.clientAddress, judge, ({ kind }) => kind === 'wrong');
  if (verdict.kind !== 'accepted') {
    if (verdict.kind === 'wrong') {
      const failure = { action: 'auth.step_up.failed', subject: userId, outcome: 'failure', reason: 'factor' } as const;
      await withTransaction(ctx, { who, audits }, (tx) => tx.audit({ ...failure, details: { sessionId } }));
    }
    throw refusalOf(verdict, 'challenge.not_found');
  }
  const assurance = assuranceOfStepUp(session, verdict.by, verdict.passkey);
  // What proves an address and no more confirms nobody (SR-29).
  if (assurance.acr === 'aal1' || !suffices(user.audience, verdict.by)) {
    throw new DomainError('auth.second_factor.invalid', { reason: `${nameOf(verdict.by)} raises nothing here` });
  }
  return await withTransaction(ctx, { who, audits }, async (tx) => {
    // Whoever has a factor has not lost them all. Side by side, in one round trip; recoveries before sessions, as elsewhere.
    const [, signedIn] = await Promise.all([
      endRecoveries(tx, userId, 'second_factor'),
      renewSession(tx, user, assurance),
    ]);
    return signedIn;
  });
}
