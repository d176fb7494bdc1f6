import { CountryCodeSchema, isCalendarDate } from '@bank/domain';
import * as v from 'valibot';
import { fundSources, genders, noTinReasons } from '#storage/profile-groups.ts';

const taxResidenciesMax = 5;

// Letters of every script with their marks, digits, spaces and the signs names are written with, joiners of Persian and
// Indic scripts included; a letter at least. No control characters, brackets of markup or formulas (SR-76).
const nameCharacters = /^(?=.*\p{L})[\p{L}\p{M}\p{N} .,'’·・()/\p{Join_Control}-]+$/u;
// Nothing that ends a line, stands for half a character or turns the direction of what follows.
const plainText = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+$/u;
// Letters, digits and what authorities put between them, beginning with neither a sign nor a formula.
const tinCharacters = /^[\p{L}\p{N}](?:[\p{L}\p{N} ./-]*[\p{L}\p{N}])?$/u;

const name = v.pipe(
  v.string(),
  v.normalize('NFC'),
  v.trim(),
  v.maxLength(100),
  v.regex(nameCharacters, 'name_characters'),
);
const dateOfBirth = v.pipe(v.string(), v.isoDate(), v.check(isCalendarDate, 'calendar_date'));

/** Words of a person on one line. */
export function lineOf(lengthMax: number) {
  return v.pipe(v.string(), v.normalize('NFC'), v.trim(), v.maxLength(lengthMax), v.regex(plainText, 'plain_text'));
}

const TaxResidency = v.pipe(
  v.strictObject({
    country: CountryCodeSchema,
    tin: v.optional(
      v.nullable(
        v.pipe(v.string(), v.normalize('NFKC'), v.trim(), v.maxLength(40), v.regex(tinCharacters, 'tin_characters')),
      ),
      null,
    ),
    noTinReason: v.optional(v.nullable(v.picklist(noTinReasons)), null),
    explanation: v.optional(v.nullable(lineOf(200)), null),
  }),
  v.check(({ tin, noTinReason }) => (tin === null) !== (noTinReason === null), 'tin_or_reason'),
  v.check(
    ({ noTinReason, explanation }) => (noTinReason === 'unobtainable') === (explanation !== null),
    'explanation_of_unobtainable',
  ),
);

/** Countries once each: the same one twice would say two things about it. */
export const TaxResidencies = v.pipe(
  v.array(TaxResidency),
  v.maxLength(taxResidenciesMax),
  v.check(
    (residencies) => new Set(residencies.map(({ country }) => country)).size === residencies.length,
    'unique_countries',
  ),
);

/** Who the person is: what a verification locks is among these. */
export const identityEntries = {
  givenName: v.nullable(name),
  middleName: v.nullable(name),
  familyName: v.nullable(name),
  dateOfBirth: v.nullable(dateOfBirth),
  nationality: v.nullable(CountryCodeSchema),
  residence: v.nullable(CountryCodeSchema),
} as const;

/** The rest of what the person tells and may take back. */
export const otherEntries = {
  preferredName: v.nullable(name),
  occupation: v.nullable(lineOf(120)),
  gender: v.nullable(v.picklist(genders)),
  genderDescription: v.nullable(lineOf(60)),
  sourceOfFunds: v.nullable(v.picklist(fundSources)),
} as const;
