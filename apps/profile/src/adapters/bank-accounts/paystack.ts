import * as v from 'valibot';
import type { BankAccountProvider, BankCountry } from '#adapters/bank-accounts/bank-account-provider.ts';
import { createProviderApi, LookupFailed, type ProviderApiOptions } from '#adapters/lookups/provider-api.ts';

/** As `GET /bank` calls countries. */
const countryNames: Readonly<Record<BankCountry, string>> = { NG: 'nigeria', GH: 'ghana' };
/** Channels that are no banks. */
const otherTypes: ReadonlySet<string> = new Set(['mobile_money', 'mobile_money_business']);
const perPage = '100';
/** More than any country has; an end for a list that has none. */
const pagesMax = 20;

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());

const BankPage = v.object({
  status: v.literal(true),
  data: v.array(v.object({ name: text, code: text, type: v.nullish(v.string()), active: v.nullish(v.boolean()) })),
  meta: v.nullish(v.object({ next: v.nullish(v.string()) })),
});

const Resolution = v.object({
  status: v.literal(true),
  data: v.object({ account_number: v.union([v.string(), v.number()]), account_name: text }),
});

/** Paystack: `GET /bank` by cursor, and `GET /bank/resolve`. */
export function createPaystack(options: ProviderApiOptions): BankAccountProvider {
  const api = createProviderApi(options);
  return {
    name: 'paystack',
    countries: new Set(['NG', 'GH']),
    async listBanks(country) {
      const banks = [];
      let cursor: string | undefined;
      for (let page = 0; page < pagesMax; page += 1) {
        const query = {
          country: countryNames[country],
          use_cursor: 'true',
          perPage,
          ...(cursor !== undefined && { next: cursor }),
        };
        const listed = await api.ask({ method: 'GET', path: 'bank', query }, BankPage);
        if (listed === undefined) throw new LookupFailed('refused', 'list of banks');
        banks.push(...listed.data.filter((bank) => bank.active !== false && !otherTypes.has(bank.type ?? '')));
        cursor = listed.meta?.next ?? undefined;
        if (cursor === undefined) break;
      }
      return banks.map(({ code, name }) => ({ code, name }));
    },
    async resolve({ bankCode, accountNumber }) {
      const query = { account_number: accountNumber, bank_code: bankCode };
      const resolved = await api.ask({ method: 'GET', path: 'bank/resolve', query }, Resolution);
      if (resolved === undefined) return undefined;
      const { account_number: number, account_name: holder } = resolved.data;
      // A number has lost the noughts that it began with.
      if (String(number).padStart(accountNumber.length, '0') !== accountNumber) {
        throw new LookupFailed('malformed', 'another account');
      }
      return holder;
    },
    close: api.close,
  };
}
