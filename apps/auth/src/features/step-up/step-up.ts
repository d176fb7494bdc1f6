import { withTransaction } from '@bank/database';
import { allow, DomainError, type Grant, parse, requireUser, type UserActor } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import { refusalOf } from '#features/second-factor/refusals.ts';
import { suffices } from '#features/second-factor/sufficiency.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { countFailure, requireFewFailures } from '#features/sign-in/address-failures.ts';
import { findOwnSession } from '#features/step-up/find-session.ts';
import { renewSession } from '#features/step-up/renew-session.ts';
import { StepUpSchema } from '#features/step-up/schemas.ts';
import { stepUpWithPassword } from '#features/step-up/step-up-with-password.ts';
import type { Session } from '#storage/sessions/session.repository.ts';

/**
 * Renews the authentication of the caller's session: to `aal2` by one of his factors, or at `aal1` by his password where he
 * has none. Wrong answers count as they do for sign-ins (SR-13). All tokens come new.
 * @throws auth.token.missing, auth.token.invalid, request.invalid, challenge.not_found, auth.second_factor.invalid,
 * auth.second_factor.locked, auth.step_up.required, auth.step_up.code_required, auth.credentials.invalid,
 * auth.credentials.locked, request.rate_limited, service.overloaded, service.unavailable
 */
export async function stepUp(ctx: AppContext, input: unknown, caller: Caller): Promise<SignedIn> {
  const user = requireUser(caller.actor);
  const who = allow.self(caller.actor, user.userId);
  const { challengeId, response, password, code } = parse(StepUpSchema, input);
  await requireFewFailures(ctx, caller.clientAddress);
  const own = await findOwnSession(ctx, user);
  if (password !== undefined) return await stepUpWithPassword(ctx, { who, user, caller, ...own }, { password, code });
  if (challengeId === undefined || response === undefined) {
    throw new DomainError('challenge.not_found', { reason: 'no answer' });
  }
  return await stepUpWithFactor(ctx, { who, user, caller, ...own }, { challengeId, code: response.code });
}

async function stepUpWithFactor(
  ctx: AppContext,
  { who, user, caller, session }: { who: Grant; user: UserActor; caller: Caller; session: Session },
  proof: { challengeId: string; code: string },
): Promise<SignedIn> {
  const { userId, sessionId } = user;
  const audits = ['auth.stepped_up', 'auth.step_up.failed'] as const;
  const verdict = await ctx.factorChallenges.verify({ userId, purpose: 'step_up', bindingId: sessionId }, proof);
  if (verdict.kind !== 'accepted') {
    if (verdict.kind === 'wrong') {
      await countFailure(ctx, caller.clientAddress);
      const failure = { action: 'auth.step_up.failed', subject: userId, outcome: 'failure', reason: 'factor' } as const;
      await withTransaction(ctx, { who, audits }, (tx) => tx.audit({ ...failure, details: { sessionId } }));
    }
    throw refusalOf(verdict, 'challenge.not_found');
  }
  const { acr, amr } = assuranceOf(['password', verdict.by]);
  // What proves an address and no more confirms nobody (SR-29).
  if (acr === 'aal1' || !suffices(user.audience, verdict.by))
    throw new DomainError('auth.second_factor.invalid', { reason: `${verdict.by} raises nothing here` });
  const methods = [...new Set([...session.amr, ...amr])];
  return await withTransaction(ctx, { who, audits }, (tx) => renewSession(tx, user, { acr, amr: methods }));
}
