import { CountryCodeSchema } from '@bank/domain';
import * as v from 'valibot';
import { addressTypes } from '#storage/profile-groups.ts';

const linesMax = 3;

// Letters and digits of every script, one of them at least, and what street signs are written with. Nothing begins with a sign
// that begins a formula (SR-76).
const addressText =
  /^(?=.*[\p{L}\p{N}])[\p{L}\p{N}#(№'’"“][\p{L}\p{M}\p{N}\p{Join_Control} .,'’"“”·・()/#&:;+№º°ª-]*$/u;

function textOf(lengthMax: number) {
  return v.pipe(
    v.string(),
    v.normalize('NFC'),
    v.trim(),
    v.maxLength(lengthMax),
    v.regex(addressText, 'address_characters'),
  );
}

const part = (lengthMax: number) => v.optional(v.nullable(textOf(lengthMax)), null);

const entries = {
  lines: v.pipe(v.array(textOf(100)), v.minLength(1), v.maxLength(linesMax)),
  district: part(100),
  city: part(100),
  region: part(100),
  postalCode: part(20),
  country: CountryCodeSchema,
} as const;

/** An address as its person gives it. */
export const AddressInput = v.strictObject(entries);
export type AddressInput = v.InferOutput<typeof AddressInput>;

/** An address as its person sees it. */
export const AddressView = v.strictObject(entries);

/** The path of a route about one address. */
export const AddressParams = v.strictObject({ type: v.picklist(addressTypes) });
