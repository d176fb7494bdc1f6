import type { Chain } from '@bank/outbound';
import type { Cache } from '@bank/redis';
import type { BillCategory, BillCountry, Biller, BillItem, BillProvider } from '#adapters/bills/bill-provider.ts';
import { unavailable } from '#adapters/lookups/lookup-chain.ts';

/** What somebody said of a customer of a biller, and who it was. */
export interface Validated {
  readonly provider: string;
  /** Undefined when the biller has no such customer; the name is null where it does not tell it. */
  readonly customer: { readonly name: string | null } | undefined;
}

/** Tells whom there are bills of, and whether somebody is their customer. */
export interface BillAccountValidator {
  /** @throws lookup.unavailable */
  listCategories(country: BillCountry): Promise<readonly BillCategory[]>;
  /** @throws lookup.unavailable */
  listBillers(country: BillCountry, category: string): Promise<readonly Biller[]>;
  /** What a biller sells. @throws lookup.unavailable */
  listItems(billerCode: string): Promise<readonly BillItem[]>;
  /** @throws lookup.unavailable */
  validate(customer: { billerCode: string; itemCode: string; customerNumber: string }): Promise<Validated>;
  close(): Promise<void>;
}

/** What is listed: a code, a name, and what customers' numbers are called where that is known. */
export type Listed = { readonly code: string; readonly name: string; readonly label?: string };
export type ListingCache = Cache<readonly Listed[]>;

export interface ValidatorOptions {
  readonly isAnybodyAsked: boolean;
  readonly chain: Chain<BillProvider>;
  readonly listings: ListingCache;
}

/** Codes of billers are each provider's own: with a second one they would have to be told apart as those of banks are. */
export function createBillAccountValidator({
  isAnybodyAsked,
  chain,
  listings,
}: ValidatorOptions): BillAccountValidator {
  async function listed<T extends Listed>(key: string, ask: (one: BillProvider) => Promise<readonly T[]>) {
    if (!isAnybodyAsked) return [];
    const known = await listings.get(key);
    if (known !== undefined) return known as readonly T[];
    const answer = await answerOf(ask);
    if (answer.length > 0) await listings.set(key, answer);
    return answer;
  }

  async function answerOf<T>(ask: (one: BillProvider) => Promise<T>): Promise<T> {
    try {
      return (await chain.ask(ask)).answer;
    } catch (failure) {
      throw unavailable(failure);
    }
  }

  return {
    listCategories: (country) => listed(`categories:${country}`, (one) => one.listCategories(country)),
    listBillers: (country, category) =>
      listed(`billers:${country}:${category}`, (one) => one.listBillers(country, category)),
    listItems: (billerCode) => listed(`items:${billerCode}`, (one) => one.listItems(billerCode)),
    async validate(customer) {
      try {
        const { provider, answer } = await chain.ask((one) => one.validate(customer));
        return { provider, customer: answer };
      } catch (failure) {
        throw unavailable(failure);
      }
    },
    close: chain.close,
  };
}
