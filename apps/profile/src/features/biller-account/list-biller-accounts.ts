import { readerOf } from '@bank/database';
import { type Actor, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { BillerAccountQuery, type BillerAccountView } from '#features/biller-account/schemas.ts';
import { toBillerAccountView } from '#features/biller-account/view.ts';

/**
 * The signed-in user's accounts at billers, the oldest first.
 * @throws auth.token.missing, request.invalid, profile.not_found, profile.unreadable
 */
export async function listBillerAccounts(ctx: AppContext, actor: Actor, query: unknown): Promise<BillerAccountView[]> {
  const { userId } = requireUser(actor);
  parse(BillerAccountQuery, query);
  const { billerAccounts, profiles } = readerOf(ctx);
  if (!(await profiles.exists(userId))) throw new DomainError('profile.not_found');
  return (await billerAccounts.list(userId)).map(toBillerAccountView);
}
