import { type Actor, parse, requireUser } from '@bank/domain';
import type { BillCategory, Biller, BillItem } from '#adapters/bills/bill-provider.ts';
import type { AppContext } from '#context.ts';
import { BillerQuery, BillItemQuery, CategoryQuery } from '#features/biller-account/schemas.ts';

/** The kinds of bills of a country. @throws auth.token.missing, request.invalid, lookup.unavailable */
export async function listCategories(ctx: AppContext, actor: Actor, query: unknown): Promise<readonly BillCategory[]> {
  requireUser(actor);
  return await ctx.lookups.bills.listCategories(parse(CategoryQuery, query).country);
}

/** Who sends bills of a kind; nobody where there is no such kind. @throws auth.token.missing, request.invalid, lookup.unavailable */
export async function listBillers(ctx: AppContext, actor: Actor, query: unknown): Promise<readonly Biller[]> {
  requireUser(actor);
  const { country, category } = parse(BillerQuery, query);
  return await ctx.lookups.bills.listBillers(country, category);
}

/** What a biller sells; nothing where there is no such biller. @throws auth.token.missing, request.invalid, lookup.unavailable */
export async function listItems(ctx: AppContext, actor: Actor, query: unknown): Promise<readonly BillItem[]> {
  requireUser(actor);
  return await ctx.lookups.bills.listItems(parse(BillItemQuery, query).billerCode);
}
