import * as v from 'valibot';
import type { BillProvider } from '#adapters/bills/bill-provider.ts';
import { createProviderApi, LookupFailed, type ProviderApiOptions } from '#adapters/lookups/provider-api.ts';

type Listing<T> = { readonly status: 'success'; readonly data: readonly T[] } | { readonly status: 'error' };

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
const listOf = <const S extends v.GenericSchema>(item: S) =>
  v.variant('status', [
    v.object({ status: v.literal('success'), data: v.array(item) }),
    v.object({ status: v.literal('error') }),
  ]);

const Categories = listOf(v.object({ code: text, name: text, country_code: v.nullish(v.string()) }));
const Billers = listOf(v.object({ biller_code: text, name: text }));
const Items = listOf(
  v.object({ item_code: text, name: text, label_name: v.nullish(v.string()), country: v.nullish(v.string()) }),
);

const accepted = '00';
const Validation = v.variant('status', [
  v.object({
    status: v.literal('success'),
    data: v.object({ response_code: text, name: v.nullish(v.pipe(v.string(), v.trim())), customer: text }),
  }),
  v.object({ status: v.literal('error') }),
]);

/**
 * Flutterwave, version 3: `GET /top-bill-categories`, `GET /bills/{category}/billers`, `GET /billers/{biller}/items`, and
 * `GET /bill-items/{item}/validate`.
 */
export function createFlutterwaveBills(options: ProviderApiOptions): BillProvider {
  const api = createProviderApi(options);

  async function list<T>(
    path: string,
    query: Readonly<Record<string, string>>,
    answer: v.GenericSchema<unknown, Listing<T>>,
  ): Promise<readonly T[]> {
    const listed = await api.ask({ method: 'GET', path, query }, answer);
    return listed?.status === 'success' ? listed.data : [];
  }

  return {
    name: 'flutterwave',
    async listCategories(country) {
      const categories = await list('top-bill-categories', { country }, Categories);
      return categories
        .filter((one) => (one.country_code ?? country) === country)
        .map(({ code, name }) => ({ code, name }));
    },
    async listBillers(country, category) {
      const billers = await list(`bills/${encodeURIComponent(category)}/billers`, { country }, Billers);
      return billers.map(({ biller_code: code, name }) => ({ code, name }));
    },
    async listItems(billerCode) {
      const items = await list(`billers/${encodeURIComponent(billerCode)}/items`, {}, Items);
      return items.map(({ item_code: code, name, label_name: label }) => ({ code, name, label: label ?? '' }));
    },
    async validate({ billerCode, itemCode, customerNumber }) {
      const path = `bill-items/${encodeURIComponent(itemCode)}/validate`;
      const query = { code: billerCode, customer: customerNumber };
      const validated = await api.ask({ method: 'GET', path, query }, Validation);
      if (validated === undefined || validated.status === 'error') return undefined;
      const { response_code: code, name, customer } = validated.data;
      if (code !== accepted) return undefined;
      if (customer !== customerNumber) throw new LookupFailed('malformed', 'another customer');
      return { name: name || null };
    },
    close: api.close,
  };
}
