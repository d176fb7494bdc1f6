import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, requireUser, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { blockedUntil, poolOf } from '#features/challenge/policies.ts';
import { isStaff } from '#features/factor/is-staff.ts';
import {
  confirmationsMax,
  isEnough,
  isGuessedWhileEnrolled,
  pendingSeconds,
  requireHighestLevel,
  requireProofOfStaff,
} from '#features/factor/policies.ts';
import { tooSoon } from '#features/factor/refusals.ts';
import type { FactorTypeName, PendingFactor } from '#storage/factor.entity.ts';
import type { Subject } from '#storage/subject.entity.ts';

/** A factor under enrolment, and whose it will be. */
export interface BegunFactor extends PendingFactor {
  readonly userId: UserId;
}

/**
 * Begins to enrol a factor of any kind; `detail` writes what is particular to its kind, in the same transaction, and what it
 * gives is given back. What was begun of that kind and not confirmed is forgotten, but for the tries of codes that were sent (SR-25).
 * @throws auth.token.missing, auth.step_up.required, access.forbidden, request.rate_limited, factor.limit_reached, service.unavailable while the user's activation
 * is still under way, or auth is away
 */
export async function beginEnrolment<D>(
  ctx: AppContext,
  actor: Actor,
  { type, label }: { readonly type: FactorTypeName; readonly label: string },
  detail: (tx: AppTransaction, begun: BegunFactor) => Promise<D>,
): Promise<BegunFactor & { readonly detail: D }> {
  const user = requireUser(actor);
  const { userId, sessionId } = user;
  const id = ctx.ids.next();
  const createdAt = ctx.clock.now();
  const expiresAt = new Date(createdAt.getTime() + pendingSeconds * 1000);
  const begun = { userId, id, type, label, sessionId, createdAt, expiresAt };
  const standing = { user, isStaff: await isStaff(ctx, userId) };
  const access = { who: allow.self(actor, userId), unaudited: 'nothing counts before it is confirmed' };
  return await withTransaction(ctx, access, async (tx) => {
    const subject = await tx.subjects.lock(userId);
    if (subject === undefined) {
      throw new DomainError('service.unavailable', { reason: 'not admitted yet', details: { retryAfterSeconds: 1 } });
    }
    const confirmed = await tx.factors.listKinds(userId);
    requireHighestLevel(user, subject, confirmed);
    requireProofOfStaff(standing, confirmed, type);
    if (isEnough(confirmed, type)) throw new DomainError('factor.limit_reached');
    await replacePending(tx, subject, begun);
    return { ...begun, detail: await detail(tx, begun) };
  });
}

/** The user's row is locked: no try is counted meanwhile. */
async function replacePending(tx: AppTransaction, { answers }: Subject, begun: BegunFactor): Promise<void> {
  const { userId, type, createdAt: now } = begun;
  const older = await tx.factors.removePending(userId, type, now);
  if (!isGuessedWhileEnrolled(type)) return await tx.factors.insertPending(userId, begun);
  const until = blockedUntil(answers[poolOf('enrolment')], now);
  if (until !== undefined) throw tooSoon('too many wrong answers', until, now);
  if (older !== undefined && older.attempts >= confirmationsMax) throw tooSoon('tries used up', older.expiresAt, now);
  await tx.factors.insertPending(userId, begun, older?.attempts);
}
