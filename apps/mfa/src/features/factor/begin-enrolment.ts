import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, requireUser, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { isStaff } from '#features/factor/is-staff.ts';
import {
  isEnough,
  pendingSeconds,
  requireHighestLevel,
  requirePasskeyOfStaff,
  requireSignedInSince,
} from '#features/factor/policies.ts';
import type { FactorTypeName, PendingFactor } from '#storage/factor.entity.ts';

/** A factor under enrolment, and whose it will be. */
export interface BegunFactor extends PendingFactor {
  readonly userId: UserId;
}

/**
 * Begins to enrol a factor of any kind; `detail` writes what is particular to its kind, in the same transaction, and what it
 * gives is given back. What was begun of that kind and not confirmed is forgotten.
 * @throws auth.token.missing, auth.step_up.required, factor.limit_reached, service.unavailable while the user's activation
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
    requireSignedInSince(user, subject.factorsResetAt);
    const confirmed = await tx.factors.listKinds(userId);
    requireHighestLevel(user, confirmed);
    requirePasskeyOfStaff(standing, confirmed);
    if (isEnough(confirmed, type)) throw new DomainError('factor.limit_reached');
    await tx.factors.removePending(userId, type);
    await tx.factors.insertPending(userId, begun);
    return { ...begun, detail: await detail(tx, begun) };
  });
}
