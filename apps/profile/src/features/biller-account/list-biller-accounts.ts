import { readerOf } from '@bank/database';
import { type Actor, DomainError, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { BillerAccountView } from '#features/biller-account/schemas.ts';
import { toBillerAccountView } from '#features/biller-account/view.ts';

/**
 * The signed-in user's accounts at billers, the oldest first.
 * @throws auth.token.missing, profile.not_found, profile.unreadable
 */
export async function listBillerAccounts(ctx: AppContext, actor: Actor): Promise<BillerAccountView[]> {
  const { userId } = requireUser(actor);
  const { billerAccounts, profiles } = readerOf(ctx);
  if (!(await profiles.exists(userId))) throw new DomainError('profile.not_found');
  return (await billerAccounts.list(userId)).map(toBillerAccountView);
}
