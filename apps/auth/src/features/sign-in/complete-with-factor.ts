import { withStatement, withTransaction } from '@bank/database';
import { DomainError, type Grant } from '@bank/domain';
import type { Proof, ProofVerdict } from '#adapters/factors/factor-challenges.ts';
import type { AppContext } from '#context.ts';
import { signInFailed } from '#events.ts';
import { refuseCompromised } from '#features/password/compromised.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import { suffices } from '#features/second-factor/policies.ts';
import { refusalOf } from '#features/second-factor/refusals.ts';
import { isAsked } from '#features/second-factor/sufficient-factors.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import { deviceOfPool } from '#features/sign-in/lockout-policies.ts';
import {
  completionAudits,
  openCompleted,
  refuseSecondHalf,
  type SecondHalfRequest,
} from '#features/sign-in/open-completed.ts';
import { codeAttemptsMax } from '#features/sign-in/policies.ts';
import type { PendingSignIn } from '#storage/sign-ins/sign-in.repository.ts';

/**
 * Completes a sign-in by a factor or a recovery code. The try is counted and committed before mfa judges it; mfa uses an
 * accepted proof up, and of several at once one opens the session.
 * @throws auth.login.invalid, auth.second_factor.invalid, auth.second_factor.locked, auth.password.compromised,
 * service.unavailable
 */
export async function completeWithFactor(ctx: AppContext, half: SecondHalfRequest, proof: Proof): Promise<SignedIn> {
  const { who, caller } = half;
  const { pending, verdict } = await withFailureLimit(
    ctx,
    caller.clientAddress,
    async () => {
      const claimed = await claimTry(ctx, half);
      return { pending: claimed, verdict: await judge(ctx, half, claimed, proof) };
    },
    (outcome) => outcome.verdict.kind === 'wrong',
  );
  const { id } = pending;
  if (verdict.kind !== 'accepted') {
    if (verdict.kind === 'wrong') {
      await withTransaction(ctx, { who, audits: completionAudits }, (tx) => refuseSecondHalf(tx, pending));
    }
    if (verdict.kind === 'locked') await tellOfBlocked(ctx, who, pending);
    throw refusalOf(verdict, 'auth.login.invalid');
  }
  const audits = [...completionAudits, 'auth.recovery.cancelled'] as const;
  const signedIn = await withTransaction(ctx, { who, audits }, async (tx) => {
    // Side by side, in one round trip: what has been closed by another is held for nothing.
    const [isClosed, current] = await Promise.all([
      tx.signIns.close(id, tx.clock.now()),
      tx.users.shareCredential(pending.userId),
    ]);
    const proved = assuranceOf(['password', verdict.by], verdict.passkey);
    return isClosed ? await openCompleted(tx, { pending, current }, half, proved) : undefined;
  });
  if (signedIn === 'compromised') return await refuseCompromised(ctx, who, pending);
  if (signedIn === undefined) throw new DomainError('auth.login.invalid', { reason: 'closed or changed meanwhile' });
  return signedIn;
}

/** What mfa says. A proof that is not asked for by the client is wrong, whatever it is worth elsewhere (SR-72). */
async function judge(
  ctx: AppContext,
  { client }: SecondHalfRequest,
  { id, userId }: PendingSignIn,
  proof: Proof,
): Promise<ProofVerdict> {
  if ('recoveryCode' in proof && !suffices(client.audience, 'recovery_code')) return { kind: 'wrong' };
  const binding = { userId, purpose: 'sign_in', bindingId: id, audience: client.audience } as const;
  const verdict = await ctx.factorChallenges.verify(binding, proof);
  if (verdict.kind !== 'accepted' || (await isAsked(ctx, binding, verdict.by))) return verdict;
  return { kind: 'wrong' };
}

/** Tells the house of a second half that came while its user's answers are blocked. */
async function tellOfBlocked(ctx: AppContext, who: Grant, { userId, clientId, pool }: PendingSignIn): Promise<void> {
  const facts = { userId, clientId, deviceId: deviceOfPool(pool), reason: 'locked', at: ctx.clock.now() } as const;
  await withTransaction(ctx, { who, unaudited: 'mfa has told the ledger' }, (tx) => tx.emit(signInFailed(facts)));
}

async function claimTry(ctx: AppContext, { who, request }: SecondHalfRequest): Promise<PendingSignIn> {
  const unaudited = 'counts a try: the ledger gets what becomes of it';
  const claim = { attemptsMax: codeAttemptsMax, now: ctx.clock.now() };
  const pending = await withStatement(ctx, { who, unaudited }, ({ signIns }) =>
    signIns.claimFactorTry(request.loginId, claim),
  );
  if (pending === undefined) throw new DomainError('auth.login.invalid', { reason: 'closed or exhausted' });
  return pending;
}
