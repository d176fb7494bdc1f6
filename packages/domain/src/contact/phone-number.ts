import type { PhoneNumber as ParsedNumber } from 'libphonenumber-js/max';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import * as v from 'valibot';
import type { Brand } from '#brand.ts';

/** A valid telephone number in E.164: `+` and at most 15 digits. */
export type PhoneNumber = Brand<string, 'PhoneNumber'>;

const givenLengthMax = 40;
const internationalPrefix = /^\s*00/;

function parseNumber(given: string): ParsedNumber | undefined {
  const text = given.normalize('NFKC').replace(internationalPrefix, '+');
  const parsed = parsePhoneNumberFromString(text, { extract: false });
  return parsed?.isValid() === true && parsed.ext === undefined ? parsed : undefined;
}

/**
 * A number in international form, however it is written (`+49 …`, `0049…`, full-width digits, spaces, brackets); its output
 * is E.164, so that variants of one number are one value (SR-18, SR-41). National forms and extensions are refused.
 */
export const PhoneNumberSchema = v.pipe(
  v.string(),
  v.maxLength(givenLengthMax, 'phone_number'),
  v.rawTransform<string, string>(({ dataset, addIssue, NEVER }) => {
    const parsed = parseNumber(dataset.value);
    if (parsed === undefined) {
      addIssue({ message: 'phone_number' });
      return NEVER;
    }
    return parsed.number;
  }),
  v.brand('PhoneNumber'),
);

/**
 * Where a number leads, for limits per destination: its country calling code and, where countries share one, the country
 * (`49-DE`, `1-JM`; `800` for a code without a country).
 */
export function destinationOf(phone: PhoneNumber): string {
  const parsed = parseNumber(phone);
  if (parsed === undefined) {
    throw new TypeError('not a number that PhoneNumberSchema accepts');
  }
  const { countryCallingCode, country } = parsed;
  return country === undefined ? countryCallingCode : `${countryCallingCode}-${country}`;
}
