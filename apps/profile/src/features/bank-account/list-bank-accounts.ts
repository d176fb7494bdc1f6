import { readerOf } from '@bank/database';
import { type Actor, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { BankAccountQuery, type BankAccountView } from '#features/bank-account/schemas.ts';
import { toBankAccountView } from '#features/bank-account/view.ts';

/**
 * The signed-in user's bank accounts, the default first, then the oldest.
 * @throws auth.token.missing, request.invalid, profile.not_found, profile.unreadable
 */
export async function listBankAccounts(ctx: AppContext, actor: Actor, query: unknown): Promise<BankAccountView[]> {
  const { userId } = requireUser(actor);
  parse(BankAccountQuery, query);
  const { bankAccounts, profiles } = readerOf(ctx);
  if (!(await profiles.exists(userId))) throw new DomainError('profile.not_found');
  return (await bankAccounts.list(userId)).map(toBankAccountView);
}
