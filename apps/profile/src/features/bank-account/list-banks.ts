import { type Actor, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { BankQuery } from '#features/bank-account/schemas.ts';

/**
 * The banks of a country whose accounts can be linked, by name.
 * @throws auth.token.missing, request.invalid, lookup.unavailable
 */
export async function listBanks(
  ctx: AppContext,
  actor: Actor,
  query: unknown,
): Promise<readonly { readonly code: string; readonly name: string }[]> {
  requireUser(actor);
  const { country } = parse(BankQuery, query);
  return (await ctx.lookups.banks.listBanks(country)).map(({ code, name }) => ({ code, name }));
}
