import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { FactorParams, FactorPatch } from '#features/factor/schemas.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/**
 * Gives one of the signed-in user's factors another name, if it still has the version the user saw.
 * @throws auth.token.missing, request.invalid, factor.not_found, request.precondition_failed
 */
export async function renameFactor(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number; patch: unknown },
): Promise<ConfirmedFactor> {
  const { userId } = requireUser(actor);
  const { id } = parse(FactorParams, input.params);
  const { label } = parse(FactorPatch, input.patch);
  const access = { who: allow.self(actor, userId), audits: ['mfa.factor.renamed'] } as const;
  return withTransaction(ctx, access, async (tx) => {
    const factor = await tx.factors.findConfirmed(userId, id);
    if (factor === undefined) throw new DomainError('factor.not_found');
    const version = await tx.factors.rename(userId, id, { label, version: input.version });
    if (version === undefined) throw new DomainError('request.precondition_failed');
    const details = { factorId: id, type: factor.type };
    await tx.audit({ action: 'mfa.factor.renamed', subject: userId, outcome: 'success', details });
    return { ...factor, label, version };
  });
}
