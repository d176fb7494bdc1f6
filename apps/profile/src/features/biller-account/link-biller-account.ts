import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser, type UserId } from '@bank/domain';
import type { Validated } from '#adapters/bills/bill-account-validator.ts';
import type { Biller, BillItem } from '#adapters/bills/bill-provider.ts';
import type { AppContext, AppTransaction } from '#context.ts';
import { type BillerAccountView, NewBillerAccount } from '#features/biller-account/schemas.ts';
import { toBillerAccountView } from '#features/biller-account/view.ts';
import { takeLookup } from '#features/lookup/take-lookup.ts';
import { showHolder } from '#features/names/show-holder.ts';
import type { BillerAccount } from '#storage/linked-accounts/biller-account.entity.ts';

/** Accounts at billers one user may have linked. */
const accountsMax = 20;

type Asked = NewBillerAccount & { readonly userId: UserId };
type Answered = Validated & { readonly biller: Biller; readonly item: BillItem; readonly validatedAt: Date };

/**
 * Links an account at a biller once that has said that there is such a customer. It may be another person's: people pay each other's bills. The
 * biller is asked before anything is written, and a refusal is recorded.
 * @throws auth.token.missing, request.invalid, profile.not_found, biller_account.linked_already, biller_account.limit_reached,
 * biller_account.not_confirmed, request.rate_limited, lookup.unavailable, profile.unreadable
 */
export async function linkBillerAccount(ctx: AppContext, actor: Actor, body: unknown): Promise<BillerAccountView> {
  const { userId } = requireUser(actor);
  const asked = { ...parse(NewBillerAccount, body), userId };
  await requireRoom(ctx, asked);
  const answered = await validate(ctx, asked);
  const access = {
    who: allow.self(actor, userId),
    audits: ['biller_account.linked', 'biller_account.refused'],
  } as const;
  const linked = await withTransaction(ctx, access, (tx) => linkIfConfirmed(tx, asked, answered));
  if (linked === undefined) throw new DomainError('biller_account.not_confirmed');
  return linked;
}

/** Nobody is asked about an account that could not be linked anyway. */
async function requireRoom(ctx: AppContext, asked: Asked): Promise<void> {
  const { billerAccounts, profiles } = readerOf(ctx);
  if ((await profiles.find(asked.userId)) === undefined) throw new DomainError('profile.not_found');
  if (await billerAccounts.isLinked(asked)) throw new DomainError('biller_account.linked_already');
  if ((await billerAccounts.countOf(asked.userId)) >= accountsMax) {
    throw new DomainError('biller_account.limit_reached');
  }
}

async function validate(ctx: AppContext, asked: Asked): Promise<Answered> {
  const { bills } = ctx.lookups;
  const { userId, country, category, billerCode, itemCode, customerNumber } = asked;
  const biller = (await bills.listBillers(country, category)).find(({ code }) => code === billerCode);
  if (biller === undefined) throw unknown('billerCode');
  const item = (await bills.listItems(billerCode)).find(({ code }) => code === itemCode);
  if (item === undefined) throw unknown('itemCode');
  await takeLookup(ctx, userId);
  const validated = await bills.validate({ billerCode, itemCode, customerNumber });
  return { ...validated, biller, item, validatedAt: ctx.clock.now() };
}

function unknown(path: 'billerCode' | 'itemCode'): DomainError {
  return new DomainError('request.invalid', { details: { errors: [{ path, rule: 'code' }] } });
}

/** Undefined when the biller has no such customer. */
async function linkIfConfirmed(
  tx: AppTransaction,
  asked: Asked,
  { provider, customer, biller, item, validatedAt }: Answered,
): Promise<BillerAccountView | undefined> {
  const { userId, country, customerNumber, label = null } = asked;
  if (!(await tx.holdUser(userId))) throw new DomainError('profile.not_found');
  if (customer === undefined) {
    const details = { provider };
    await tx.audit({ action: 'biller_account.refused', subject: userId, outcome: 'failure', details });
    return undefined;
  }
  await tx.billerAccounts.lockOf(userId);
  const profile = await tx.profiles.find(userId);
  if (profile === undefined) throw new DomainError('profile.not_found');
  if ((await tx.billerAccounts.countOf(userId)) >= accountsMax) throw new DomainError('biller_account.limit_reached');
  const account: BillerAccount = {
    ...{ id: tx.ids.next(), userId, country, customerNumber, label, provider, validatedAt },
    ...{ billerCode: biller.code, billerName: biller.name, itemCode: item.code, itemName: item.name },
    ...{ customerName: customer.name, shown: customer.name === null ? null : showHolder(profile, customer.name) },
    createdAt: tx.clock.now(),
  };
  if (!(await tx.billerAccounts.insert(account))) throw new DomainError('biller_account.linked_already');
  const details = { accountId: account.id, provider };
  await tx.audit({ action: 'biller_account.linked', subject: userId, outcome: 'success', details });
  return toBillerAccountView(account);
}
