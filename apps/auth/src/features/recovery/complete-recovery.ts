import { withTransaction } from '@bank/database';
import { allow, audiences, DomainError, type Grant, parse, type UserId } from '@bank/domain';
import { type ReadToken, readToken } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { judgingSeconds, needsReview, refusalOf, triesMax } from '#features/recovery/policies.ts';
import { CompleteRecoverySchema, type RecoveryStanding } from '#features/recovery/schemas.ts';
import { recoveryTokenPrefix } from '#features/recovery/start-recovery.ts';
import { tellOfRecovery } from '#features/recovery/tell-of-recovery.ts';
import { beginReview, beginWait, standingOf } from '#features/recovery/wait-for-recovery.ts';
import { refusalOf as refusalOfFactor } from '#features/second-factor/refusals.ts';
import { withFailureLimit } from '#features/sign-in/address-failures.ts';
import type { User } from '#storage/users/user.repository.ts';

const audits = ['auth.recovery.proven', 'auth.recovery.failed'] as const;

type Refused = { kind: 'refused'; reason: string };
type Outcome = { kind: 'proven'; standing: RecoveryStanding } | Refused;

interface Asked {
  readonly id: string;
  readonly userId: UserId;
}

/** A link that is kept for one code until then. */
interface Reserved extends Asked {
  readonly kind: 'reserved';
  readonly leaseUntil: Date;
}

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
  if (link === undefined) return refused('no such link');
  if (recoveryCode !== undefined) {
    const unaudited = 'counts a try: the ledger gets what becomes of it';
    const reserved = await withTransaction(ctx, { who, unaudited }, (tx) => reserve(tx, link));
    if (reserved.kind === 'reserved') return await proceedByCode(ctx, who, reserved, recoveryCode);
    if (reserved.kind === 'refused') return reserved;
  }
  return await withTransaction(ctx, { who, audits }, (tx) => proceedByLink(tx, link));
}

/**
 * Counts a try of a code before it is judged (SR-12) and keeps the link for it, so that no other code of the user is used up beside it;
 * `needless` where it would be used up for nothing.
 */
async function reserve(tx: AppTransaction, link: ReadToken): Promise<Reserved | Refused | { kind: 'needless' }> {
  const now = tx.clock.now();
  const found = await tx.recoveries.findAsked(link, now);
  if (found === undefined) return refused('unknown, used or expired');
  if (!(await takesCode(tx, await tx.users.lock(found.userId)))) return { kind: 'needless' };
  const leaseUntil = new Date(now.getTime() + judgingSeconds * 1000);
  const reserved = await tx.recoveries.reserve(link, { triesMax, now, leaseUntil });
  if (reserved === undefined) return refused('used, tried too often, or being tried');
  return { kind: 'reserved', ...reserved, leaseUntil };
}

async function proceedByLink(tx: AppTransaction, link: ReadToken): Promise<Outcome> {
  const now = tx.clock.now();
  const found = await tx.recoveries.findAsked(link, now);
  if (found === undefined) return refused('unknown, used or expired');
  // The user's row first: all who change a user lock in that order.
  const user = await tx.users.lock(found.userId);
  const asked = await tx.recoveries.consume(link, now);
  return asked === undefined ? refused('used meanwhile') : await proceed(tx, asked, { user, hasCode: false });
}

/** Whether a code makes a difference: nothing refuses the case whatever the code is, nor do staff decide all the same. */
async function takesCode(tx: AppTransaction, user: User | undefined): Promise<boolean> {
  if (user === undefined || refusalOf(user) !== undefined || needsReview(user, 'recovery_code')) return false;
  return !(await tx.recoveries.isBegun(user.id));
}

/** Asks mfa, which uses a right code up (SR-27); the link stays good where it was wrong, or mfa did not say. */
async function proceedByCode(
  ctx: AppContext,
  who: Grant,
  { id: bindingId, userId, leaseUntil }: Reserved,
  recoveryCode: string,
): Promise<Outcome> {
  const binding = { userId, purpose: 'recovery', bindingId, audience: audiences.customers } as const;
  const verdict = await ctx.factorChallenges.verify(binding, { recoveryCode }).catch(async (cause: unknown) => {
    const unaudited = 'nobody has judged the code: the link is as it was';
    await withTransaction(ctx, { who, unaudited }, (tx) => tx.recoveries.giveBack(bindingId, leaseUntil));
    throw cause;
  });
  if (verdict.kind === 'accepted') {
    return await withTransaction(ctx, { who, audits }, async (tx) => {
      const user = await tx.users.lock(userId);
      const asked = await tx.recoveries.consumeReserved(bindingId, leaseUntil);
      return asked === undefined ? refused('ended meanwhile') : await proceed(tx, asked, { user, hasCode: true });
    });
  }
  const { kind: reason } = verdict;
  await withTransaction(ctx, { who, audits }, async (tx) => {
    await tx.recoveries.giveBack(bindingId, leaseUntil);
    const failure = { action: 'auth.recovery.failed', subject: userId, outcome: 'failure', reason } as const;
    await tx.audit({ ...failure, details: { recoveryId: bindingId } });
  });
  if (verdict.kind === 'locked') throw refusalOfFactor(verdict, 'challenge.not_found');
  return refused(reason);
}

/** Begins the delay, or has staff decide, for a link that is used up and a user whose row the transaction holds. */
async function proceed(
  tx: AppTransaction,
  asked: Asked,
  { user, hasCode }: { user: User | undefined; hasCode: boolean },
): Promise<Outcome> {
  const refusal = refusalOf(user);
  const entry = { subject: asked.userId, details: { recoveryId: asked.id } };
  if (refusal !== undefined || user === undefined) {
    await tx.audit({ ...entry, action: 'auth.recovery.failed', outcome: 'denied', reason: refusal ?? 'nobody' });
    return refused('this account is not recovered so');
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
  return standing === undefined ? refused('being carried out') : { kind: 'proven', standing };
}

function refused(reason: string): Refused {
  return { kind: 'refused', reason };
}
