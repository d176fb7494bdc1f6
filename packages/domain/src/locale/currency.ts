import * as v from 'valibot';

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** A currency by its ISO 4217 code in upper case. */
export const CurrencySchema = v.pipe(
  v.string(),
  v.regex(/^[A-Z]{3}$/, 'currency_code'),
  v.check((code) => currencies.has(code), 'currency_code'),
);
