import { readerOf } from '@bank/database';
import { type Actor, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { FactorParams } from '#features/factor/schemas.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/** One of the signed-in user's confirmed factors. @throws auth.token.missing, request.invalid, factor.not_found */
export async function getFactor(ctx: AppContext, actor: Actor, params: unknown): Promise<ConfirmedFactor> {
  const { userId } = requireUser(actor);
  const { id } = parse(FactorParams, params);
  const factor = await readerOf(ctx).factors.findConfirmed(userId, id);
  if (factor === undefined) throw new DomainError('factor.not_found');
  return factor;
}
