import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { factorRemoved } from '#events.ts';
import { FactorParams } from '#features/factor/schemas.ts';

/**
 * Removes one of the signed-in user's factors, if it still has the version the user saw; its challenges go with it, and
 * with the last factor the recovery codes (SR-35). The route demands a fresh second factor.
 * @throws auth.token.missing, request.invalid, factor.not_found, request.precondition_failed
 */
export async function removeFactor(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number },
): Promise<void> {
  const { userId } = requireUser(actor);
  const { id } = parse(FactorParams, input.params);
  const access = { who: allow.self(actor, userId), audits: ['mfa.factor.removed'] } as const;
  await withTransaction(ctx, access, async (tx) => {
    await tx.subjects.lock(userId);
    if ((await tx.factors.findConfirmed(userId, id)) === undefined) throw new DomainError('factor.not_found');
    const type = await tx.factors.remove(userId, id, input.version);
    if (type === undefined) throw new DomainError('request.precondition_failed');
    await tx.challenges.removeOfFactor(userId, id);
    if ((await tx.factors.listTypes(userId)).length === 0) await tx.recoveryCodes.removeAll(userId);
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
