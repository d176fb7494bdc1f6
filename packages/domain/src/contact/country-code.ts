import { isSupportedCountry, type CountryCode as PhoneRegion } from 'libphonenumber-js/max';
import * as v from 'valibot';

/** A country people live in, by its ISO 3166-1 alpha-2 code in upper case. */
export const CountryCodeSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Z]{2}$/, 'country_code'),
  v.check((code) => isSupportedCountry(code as PhoneRegion), 'country_code'),
  v.brand('CountryCode'),
);
export type CountryCode = v.InferOutput<typeof CountryCodeSchema>;
