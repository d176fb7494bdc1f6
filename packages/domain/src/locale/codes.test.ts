import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { CurrencySchema } from '#locale/currency.ts';
import { minorUnitDigits } from '#locale/iso-4217.ts';
import { canonicalLanguage, LanguageSchema } from '#locale/language.ts';
import { TimeZoneSchema } from '#locale/time-zone.ts';

describe('a language', () => {
  test.each([
    ['EN-gb', 'en-GB'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['iw', 'he'],
    ['es-419', 'es-419'],
    ['yo', 'yo'],
  ])('%s is %s', (given, canonical) => {
    expect(v.parse(LanguageSchema, given)).toBe(canonical);
  });

  test.each(['', 'xx', 'english', 'de_DE', 'de-x-secret', 'en-u-ca-buddhist', 'de-1996', 'en\n', 'x'.repeat(36)])(
    '%j is none',
    (given) => {
      expect(v.safeParse(LanguageSchema, given).issues?.[0].message).toBe('language_tag');
    },
  );

  test('stays as it is once it is canonical', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abdenrstzABGL-0419'), maxLength: 12 }), (tag) => {
        const canonical = canonicalLanguage(tag);
        if (canonical !== undefined) expect(canonicalLanguage(canonical)).toBe(canonical);
      }),
    );
  });
});

test.each([
  [
    CurrencySchema,
    ['EUR', 'NGN', 'JPY', 'KWD', 'XCG'],
    ['eur', 'EURO', 'XXX', 'ZZZ', 'XAU', 'DEM', 'ITL', 'ADP', 'BGN', ''],
  ],
  [
    TimeZoneSchema,
    ['Europe/Berlin', 'Asia/Kolkata', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Calcutta', 'GB-Eire'],
    [
      'europe/berlin',
      'Europe/BERLIN',
      'asia/Kolkata',
      'Utc',
      '+01:00',
      'Mars/Olympus',
      'Europe/Berlin\n',
      '',
      `E${'e'.repeat(64)}`,
    ],
  ],
])('codes that there are, and that there are not', (schema, known, unknown) => {
  for (const code of known) expect(v.parse(schema, code)).toBe(code);
  for (const code of unknown) expect(v.safeParse(schema, code).success).toBe(false);
});

test.each([
  ['JPY', 0],
  ['RSD', 2],
  ['ALL', 2],
  ['LBP', 2],
  ['KWD', 3],
  ['CLF', 4],
  ['DEM', undefined],
])('%s has %s digits, whatever people write', (code, digits) => {
  expect(minorUnitDigits(code)).toBe(digits);
});

test('every time zone that Intl lists is a name', () => {
  for (const name of Intl.supportedValuesOf('timeZone')) expect(v.parse(TimeZoneSchema, name)).toBe(name);
});
