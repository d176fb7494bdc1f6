import * as fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { CurrencySchema } from '#locale/currency.ts';
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
  [CurrencySchema, ['EUR', 'NGN', 'JPY', 'KWD'], ['eur', 'EURO', 'XXX', 'ZZZ', '']],
  [
    TimeZoneSchema,
    ['Europe/Berlin', 'Asia/Kolkata', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'],
    ['europe/berlin', '+01:00', 'Mars/Olympus', 'Europe/Berlin\n', '', `E${'e'.repeat(64)}`],
  ],
])('codes that there are, and that there are not', (schema, known, unknown) => {
  for (const code of known) expect(v.parse(schema, code)).toBe(code);
  for (const code of unknown) expect(v.safeParse(schema, code).success).toBe(false);
});
