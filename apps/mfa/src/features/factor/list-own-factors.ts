import { readerOf } from '@bank/database';
import { type Actor, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { FactorQuery, type FactorView } from '#features/factor/schemas.ts';
import { toFactorView } from '#features/factor/view.ts';

/** The signed-in user's confirmed factors, the most recently used first. @throws auth.token.missing, request.invalid */
export async function listOwnFactors(ctx: AppContext, actor: Actor, query: unknown): Promise<FactorView[]> {
  const { userId } = requireUser(actor);
  parse(FactorQuery, query);
  return (await readerOf(ctx).factors.listNamed(userId)).map(toFactorView);
}
