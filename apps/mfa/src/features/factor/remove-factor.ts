import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { factorRemoved } from '#events.ts';
import { isStaff } from '#features/factor/is-staff.ts';
import { leavesStaffBare, raises, requireHighestLevel, requireProofOfStaff } from '#features/factor/policies.ts';
import { FactorParams } from '#features/factor/schemas.ts';

/**
 * Removes one of the signed-in user's factors, if it still has the version the user saw; its challenges go with it, and with
 * the last factor that they stand in for the recovery codes (SR-35). The route demands a fresh sign-in, this the level that
 * the factors give (SR-31).
 * @throws auth.token.missing, request.invalid, factor.not_found, auth.step_up.required, factor.last_strong, request.precondition_failed, service.unavailable
 */
export async function removeFactor(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number },
): Promise<void> {
  const user = requireUser(actor);
  const { userId } = user;
  const { id } = parse(FactorParams, input.params);
  const standing = { user, isStaff: await isStaff(ctx, userId) };
  const access = { who: allow.self(actor, userId), audits: ['mfa.factor.removed'] } as const;
  await withTransaction(ctx, access, async (tx) => {
    const subject = await tx.subjects.lock(userId);
    const factors = await tx.factors.listKinds(userId);
    if (subject === undefined || !factors.some((factor) => factor.id === id)) throw new DomainError('factor.not_found');
    requireHighestLevel(user, subject, factors);
    requireProofOfStaff(standing, factors);
    const rest = factors.filter((factor) => factor.id !== id);
    if (standing.isStaff && leavesStaffBare(factors, rest)) throw new DomainError('factor.last_strong');
    const type = await tx.factors.remove(userId, id, input.version);
    if (type === undefined) throw new DomainError('request.precondition_failed');
    await tx.challenges.removeOfFactor(userId, id);
    if (!rest.some((factor) => raises(factor.type))) await tx.recoveryCodes.removeAll(userId);
    const at = tx.clock.now();
    await tx.emit(factorRemoved({ userId, factorId: id, type, at }));
    await tx.audit({
      action: 'mfa.factor.removed',
      subject: userId,
      outcome: 'success',
      details: { factorId: id, type },
    });
    await notify(tx, userId, messageOf('factor-removed', { at }));
  });
}
