import type { Chain } from '@bank/outbound';
import type { Cache } from '@bank/redis';
import type { BankAccountProvider, BankCountry, ListedBank } from '#adapters/bank-accounts/bank-account-provider.ts';
import { type Bank, mergeBanks, type ProviderList } from '#adapters/bank-accounts/merge-banks.ts';
import { unavailable } from '#adapters/lookups/lookup-chain.ts';

/** What somebody said of an account, and who it was. */
export interface Resolved {
  readonly provider: string;
  /** The holder's name as the bank has it; undefined when it knows no such account. */
  readonly holder: string | undefined;
}

/** Tells whose a bank account is. */
export interface BankAccountResolver {
  /** The banks of a country; none where nobody is asked about it. @throws lookup.unavailable */
  listBanks(country: BankCountry): Promise<readonly Bank[]>;
  /** Asks the first provider that knows the bank, and the next one while that is away. @throws lookup.unavailable */
  resolve(account: { country: BankCountry; bank: Bank; accountNumber: string }): Promise<Resolved>;
  close(): Promise<void>;
}

export type BankListCache = Cache<readonly ListedBank[]>;

export interface ResolverOptions {
  readonly providers: readonly BankAccountProvider[];
  readonly chain: Chain<BankAccountProvider>;
  /** Each provider's list by itself. */
  readonly lists: BankListCache;
}

export function createBankAccountResolver({ providers, chain, lists }: ResolverOptions): BankAccountResolver {
  async function listOf({ name: provider }: BankAccountProvider, country: BankCountry): Promise<ProviderList> {
    const key = `${provider}:${country}`;
    const known = await lists.get(key);
    if (known !== undefined) return { provider, banks: known };
    const { answer } = await chain.ask(
      (one) => one.listBanks(country),
      (one) => one.name === provider,
    );
    await lists.set(key, answer);
    return { provider, banks: answer };
  }
  return {
    async listBanks(country) {
      const able = providers.filter(({ countries }) => countries.has(country));
      const asked = await Promise.allSettled(able.map((provider) => listOf(provider, country)));
      const answered = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const failed = asked.find((one) => one.status === 'rejected');
      if (answered.length === 0 && failed !== undefined) throw unavailable(failed.reason);
      return mergeBanks(answered);
    },
    async resolve({ country, bank, accountNumber }) {
      const knows = (one: BankAccountProvider) => one.countries.has(country) && bank.codes[one.name] !== undefined;
      const ask = (one: BankAccountProvider) =>
        one.resolve({ country, bankCode: bank.codes[one.name] ?? '', accountNumber });
      try {
        const { provider, answer: holder } = await chain.ask(ask, knows);
        return { provider, holder };
      } catch (failure) {
        throw unavailable(failure);
      }
    },
    close: chain.close,
  };
}
