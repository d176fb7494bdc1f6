import { readerOf } from '@bank/database';
import { type Actor, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { FactorView } from '#features/factor/schemas.ts';
import { toFactorView } from '#features/factor/view.ts';

/** The signed-in user's confirmed factors, the most recently used first. @throws auth.token.missing */
export async function listOwnFactors(ctx: AppContext, actor: Actor): Promise<FactorView[]> {
  const { userId } = requireUser(actor);
  return (await readerOf(ctx).factors.listNamed(userId)).map(toFactorView);
}
