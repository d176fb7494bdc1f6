import * as v from 'valibot';
import type { BankAccountProvider } from '#adapters/bank-accounts/bank-account-provider.ts';
import { createProviderApi, LookupFailed, type ProviderApiOptions } from '#adapters/lookups/provider-api.ts';

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());

const Banks = v.object({ status: v.literal('success'), data: v.array(v.object({ code: text, name: text })) });

const Resolution = v.variant('status', [
  v.object({ status: v.literal('success'), data: v.object({ account_number: v.string(), account_name: text }) }),
  v.object({ status: v.literal('error') }),
]);

/** Flutterwave, version 3: `GET /banks/{country}`, and `POST /accounts/resolve`, which knows Nigerian banks alone. */
export function createFlutterwave(options: ProviderApiOptions): BankAccountProvider {
  const api = createProviderApi(options);
  return {
    name: 'flutterwave',
    countries: new Set(['NG']),
    async listBanks(country) {
      const listed = await api.ask({ method: 'GET', path: `banks/${country}` }, Banks);
      if (listed === undefined) throw new LookupFailed('refused', 'list of banks');
      return listed.data.map(({ code, name }) => ({ code, name }));
    },
    async resolve({ bankCode, accountNumber }) {
      const body = { account_number: accountNumber, account_bank: bankCode };
      const resolved = await api.ask({ method: 'POST', path: 'accounts/resolve', body }, Resolution);
      if (resolved === undefined || resolved.status === 'error') return undefined;
      const { account_number: number, account_name: holder } = resolved.data;
      if (number !== accountNumber) throw new LookupFailed('malformed', 'another account');
      return holder;
    },
    close: api.close,
  };
}
