import { notify } from '@bank/composition';
import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser, type UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { Resolved } from '#adapters/bank-accounts/bank-account-resolver.ts';
import type { Bank } from '#adapters/bank-accounts/merge-banks.ts';
import type { AppContext, AppTransaction } from '#context.ts';
import { bankAccountLinked } from '#events.ts';
import { accountsMax, checkAccountNumber, invalid, requireLegalName } from '#features/bank-account/policies.ts';
import { type BankAccountView, NewBankAccount } from '#features/bank-account/schemas.ts';
import { toBankAccountView } from '#features/bank-account/view.ts';
import { takeLookup } from '#features/lookup/take-lookup.ts';
import { matchNames } from '#features/names/match-names.ts';
import { showHolder } from '#features/names/show-holder.ts';
import type { BankAccount } from '#storage/linked-accounts/bank-account.entity.ts';

type Asked = NewBankAccount & { readonly userId: UserId };
type Answered = Resolved & { readonly bank: Bank; readonly resolvedAt: Date };

/**
 * Links a bank account that the signed-in user has elsewhere, once its bank has said that it is theirs; the first one is the
 * default. The bank is asked before anything is written. An account of somebody else and one that is not there are refused with
 * the same words, and the refusal is recorded.
 * @throws auth.token.missing, request.invalid, profile.not_found, bank_account.name_missing, bank_account.linked_already,
 * bank_account.limit_reached, bank_account.not_confirmed, request.rate_limited, lookup.unavailable, profile.unreadable
 */
export async function linkBankAccount(ctx: AppContext, actor: Actor, body: unknown): Promise<BankAccountView> {
  const { userId } = requireUser(actor);
  const asked = { ...parse(NewBankAccount, body), userId };
  checkAccountNumber(asked.country, asked.accountNumber);
  await requireRoom(ctx, asked);
  const answered = await resolve(ctx, asked);
  const access = {
    who: allow.self(actor, userId),
    audits: ['bank_account.linked', 'bank_account.refused'],
  } as const;
  const linked = await withTransaction(ctx, access, (tx) => linkIfConfirmed(tx, asked, answered));
  if (linked === undefined) throw new DomainError('bank_account.not_confirmed');
  return linked;
}

/** Nobody is asked about an account that could not be linked anyway. */
async function requireRoom(ctx: AppContext, asked: Asked): Promise<void> {
  const { bankAccounts, profiles } = readerOf(ctx);
  const profile = await profiles.find(asked.userId);
  if (profile === undefined) throw new DomainError('profile.not_found');
  requireLegalName(profile);
  if (await bankAccounts.isLinked(asked)) throw new DomainError('bank_account.linked_already');
  if ((await bankAccounts.countOf(asked.userId)) >= accountsMax) throw new DomainError('bank_account.limit_reached');
}

async function resolve(ctx: AppContext, { userId, country, bankCode, accountNumber }: Asked): Promise<Answered> {
  const bank = (await ctx.lookups.banks.listBanks(country)).find(({ code }) => code === bankCode);
  if (bank === undefined) throw invalid('bankCode', 'bank_code');
  await takeLookup(ctx, userId);
  const resolved = await ctx.lookups.banks.resolve({ country, bank, accountNumber });
  return { ...resolved, bank, resolvedAt: ctx.clock.now() };
}

/** Undefined when the bank does not say that the account is the user's. */
async function linkIfConfirmed(
  tx: AppTransaction,
  asked: Asked,
  answered: Answered,
): Promise<BankAccountView | undefined> {
  const { userId } = asked;
  if (!(await tx.holdUser(userId))) throw new DomainError('profile.not_found');
  await tx.bankAccounts.lockOf(userId);
  // The name that the user has now, which may have changed while the bank was asked.
  const profile = await tx.profiles.find(userId);
  if (profile === undefined) throw new DomainError('profile.not_found');
  const { provider, holder } = answered;
  const nameMatch = holder === undefined ? 'unknown' : matchNames(profile, holder);
  if (holder === undefined || nameMatch === 'unknown' || nameMatch === 'different') {
    const details = { provider, nameMatch };
    await tx.audit({ action: 'bank_account.refused', subject: userId, outcome: 'failure', details });
    return undefined;
  }
  const shown = showHolder(profile, holder);
  return toBankAccountView(await insert(tx, asked, { ...answered, holder, shown, nameMatch }));
}

async function insert(
  tx: AppTransaction,
  { userId, country, accountNumber }: Asked,
  { bank, provider, resolvedAt, ...named }: Answered & Pick<BankAccount, 'holder' | 'shown' | 'nameMatch'>,
): Promise<BankAccount> {
  const { holder, shown, nameMatch } = named;
  const count = await tx.bankAccounts.countOf(userId);
  if (count >= accountsMax) throw new DomainError('bank_account.limit_reached');
  const at = tx.clock.now();
  const account: BankAccount = {
    ...{ id: tx.ids.next(), userId, country, accountNumber, holder, shown, nameMatch, provider, resolvedAt },
    ...{ bankCode: bank.code, bankName: bank.name, isDefault: count === 0, createdAt: at },
  };
  if (!(await tx.bankAccounts.insert(account))) throw new DomainError('bank_account.linked_already');
  const accountId = account.id;
  await tx.emit(bankAccountLinked({ userId, accountId, at }));
  const details = { accountId, provider, nameMatch };
  await tx.audit({ action: 'bank_account.linked', subject: userId, outcome: 'success', details });
  await notify(tx, userId, messageOf('bank-account-linked', { at, bank: bank.name }));
  return account;
}
