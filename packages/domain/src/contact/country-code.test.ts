import * as v from 'valibot';
import { expect, test } from 'vitest';
import { CountryCodeSchema } from '#contact/country-code.ts';

test.each(['NG', 'DE', 'US'])('%s is a country', (code) => {
  expect(v.is(CountryCodeSchema, code)).toBe(true);
});

test.each(['ng', 'XX', 'EU', 'NGA', '', 'N1'])('"%s" is not', (code) => {
  expect(v.is(CountryCodeSchema, code)).toBe(false);
});
