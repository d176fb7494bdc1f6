import * as v from 'valibot';
import { minorUnitDigits } from '#locale/iso-4217.ts';

/** A currency that is in use, by its ISO 4217 code in upper case. */
export const CurrencySchema = v.pipe(
  v.string(),
  v.regex(/^[A-Z]{3}$/, 'currency_code'),
  v.check((code) => minorUnitDigits(code) !== undefined, 'currency_code'),
);
