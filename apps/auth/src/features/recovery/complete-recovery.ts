import { withTransaction } from '@bank/database';
import { allow, audiences, DomainError, type Grant, parse } from '@bank/domain';
import { type ReadToken, readToken } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { needsReview, refusalOf, triesMax } from '#features/recovery/policies.ts';
import { CompleteRecoverySchema, type RecoveryStanding } from '#features/recovery/schemas.ts';
import { recoveryTokenPrefix } from '#features/recovery/start-recovery.ts';
import { tellOfRecovery } from '#features/recovery/tell-of-recovery.ts';
import { beginReview, beginWait, standingOf } from '#features/recovery/wait-for-recovery.ts';
import { refusalOf as refusalOfFactor } from '#features/second-factor/refusals.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';

const audits = ['auth.recovery.proven', 'auth.recovery.failed'] as const;

type Outcome = { kind: 'proven'; standing: RecoveryStanding } | { kind: 'refused'; reason: string };

/**
 * Takes the proofs of a recovery: the link, and with it a recovery code; without one, and of whoever is locked, staff decide
 * once they know again who that is (SR-43). Each is good for this recovery alone, whose user the link names (SR-39), and once.
 * Nothing is removed yet: a delay begins of which every channel of the user is told, with a link that ends it.
 * @throws request.invalid, auth.verification.invalid, auth.second_factor.locked, request.rate_limited, service.unavailable
 */
export async function completeRecovery(ctx: AppContext, input: unknown, caller: Caller): Promise<RecoveryStanding> {
  const who = allow.anyone(caller.actor);
  const { token, recoveryCode } = parse(CompleteRecoverySchema, input);
  const judge = () => tryProofs(ctx, who, { link: readToken(recoveryTokenPrefix, token), recoveryCode });
  const outcome = await withFailureLimit(ctx, caller.clientAddress, judge, ({ kind }) => kind === 'refused');
  if (outcome.kind === 'proven') return outcome.standing;
  throw new DomainError('auth.verification.invalid', { reason: outcome.reason });
}

async function tryProofs(
  ctx: AppContext,
  who: Grant,
  { link, recoveryCode }: { link: ReadToken | undefined; recoveryCode: string | undefined },
): Promise<Outcome> {
  if (link === undefined) return { kind: 'refused', reason: 'no such link' };
  const refusal = recoveryCode === undefined ? undefined : await refusalOfCode(ctx, who, link, recoveryCode);
  if (refusal !== undefined) return { kind: 'refused', reason: refusal };
  return await withTransaction(ctx, { who, audits }, (tx) => proceed(tx, link, recoveryCode !== undefined));
}

/** Counts a try before the code is judged, and asks mfa, which uses a right one up (SR-27). Undefined where it was right. */
async function refusalOfCode(
  ctx: AppContext,
  who: Grant,
  link: ReadToken,
  recoveryCode: string,
): Promise<string | undefined> {
  const unaudited = 'counts a try: the ledger gets what becomes of it';
  const asked = await withTransaction(ctx, { who, unaudited }, (tx) =>
    tx.recoveries.claimTry(link, { triesMax, now: tx.clock.now() }),
  );
  if (asked === undefined) return 'unknown, used, expired, or tried too often';
  const { id: bindingId, userId } = asked;
  const binding = { userId, purpose: 'recovery', bindingId, audience: audiences.customers } as const;
  const verdict = await ctx.factorChallenges.verify(binding, { recoveryCode });
  if (verdict.kind === 'accepted') return undefined;
  const failure = {
    action: 'auth.recovery.failed',
    subject: userId,
    outcome: 'failure',
    reason: verdict.kind,
  } as const;
  await withTransaction(ctx, { who, audits }, (tx) => tx.audit({ ...failure, details: { recoveryId: bindingId } }));
  if (verdict.kind === 'locked') throw refusalOfFactor(verdict, 'challenge.not_found');
  return verdict.kind;
}

async function proceed(tx: AppTransaction, link: ReadToken, hasCode: boolean): Promise<Outcome> {
  const now = tx.clock.now();
  const found = await tx.recoveries.findAsked(link, now);
  if (found === undefined) return { kind: 'refused', reason: 'unknown, used or expired' };
  // The user's row first: all who change a user lock in that order.
  const user = await tx.users.lock(found.userId);
  const asked = await tx.recoveries.consume(link, now);
  if (asked === undefined) return { kind: 'refused', reason: 'used meanwhile' };
  const refusal = refusalOf(user);
  const entry = { subject: asked.userId, details: { recoveryId: asked.id } };
  if (refusal !== undefined || user === undefined) {
    await tx.audit({ ...entry, action: 'auth.recovery.failed', outcome: 'denied', reason: refusal ?? 'nobody' });
    return { kind: 'refused', reason: 'this account is not recovered so' };
  }
  const waits = hasCode && !needsReview(user, 'recovery_code');
  const begun = waits ? await beginWait(tx, { ...asked, proof: 'recovery_code' }) : await beginReview(tx, asked);
  const reason = waits ? 'recovery_code' : 'in_review';
  if (begun === undefined) {
    // One that is further on goes on as it is: whoever reads the mail alone does not put it back.
    await tx.audit({ ...entry, action: 'auth.recovery.failed', outcome: 'denied', reason: 'under_way' });
  } else {
    await tellOfRecovery(tx, user, begun);
    await tx.audit({ ...entry, action: 'auth.recovery.proven', outcome: 'success', reason });
  }
  const standing = standingOf(begun ?? (await tx.recoveries.findProven(asked.userId)));
  return standing === undefined ? { kind: 'refused', reason: 'being carried out' } : { kind: 'proven', standing };
}
