import { parse } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { addressOf } from './policies.ts';
import { AddressInput } from './schemas.ts';

function given(parts: object) {
  return addressOf(parse(AddressInput, { lines: ['1 High St'], ...parts }));
}

function refusal(path: string, rule: string) {
  return expect.objectContaining({ details: { errors: [{ path, rule }] } });
}

describe('an address', () => {
  test.each([
    ['DE', { city: 'Berlin', postalCode: '10115' }],
    ['GB', { city: 'London', postalCode: 'EC1A 1BB' }],
    ['NG', { city: 'Ikeja', region: 'LA' }],
    ['US', { city: 'San Francisco', region: 'CA', postalCode: '94103-1234' }],
    ['JP', { region: '13', postalCode: '100-0001' }],
    ['AE', { region: 'DU' }],
    ['SG', { postalCode: '049178' }],
    ['BR', { city: 'São Paulo', region: 'SP', postalCode: '01310-100' }],
    // The data does not know the country's form: street and city will do, and what else there is.
    ['GH', { city: 'Accra', region: 'Greater Accra', postalCode: 'GA-184-3221' }],
  ])('of %s has what post needs there', (country, parts) => {
    expect(given({ country, ...parts })).toMatchObject({ country, lines: ['1 High St'], ...parts });
  });

  test.each([
    ['DE', { city: 'Berlin' }, 'postalCode', 'required_in_country'],
    ['DE', { postalCode: '10115' }, 'city', 'required_in_country'],
    ['US', { city: 'Reno', postalCode: '89501' }, 'region', 'required_in_country'],
    ['DE', { city: 'Berlin', postalCode: '1011' }, 'postalCode', 'postal_code_of_country'],
    // The first and the last alternative of the pattern are held to its whole as well.
    ['GB', { city: 'London', postalCode: 'GIR 0AAX' }, 'postalCode', 'postal_code_of_country'],
    ['GB', { city: 'London', postalCode: 'XBFPO 1' }, 'postalCode', 'postal_code_of_country'],
    ['US', { city: 'Reno', region: 'NV', postalCode: '10001' }, 'postalCode', 'postal_code_of_region'],
    ['US', { city: 'Reno', region: 'XX', postalCode: '89501' }, 'region', 'region_of_country'],
    ['AE', { region: 'DU', postalCode: '00000' }, 'postalCode', 'no_postal_codes'],
    ['GH', {}, 'city', 'required_in_country'],
  ])('of %s with %j is refused', (country, parts, path, rule) => {
    expect(() => given({ country, ...parts })).toThrow(refusal(path, rule));
  });

  test('names everything that is wrong at once', () => {
    expect(() => given({ country: 'US' })).toThrow(
      expect.objectContaining({
        details: {
          errors: ['city', 'region', 'postalCode'].map((path) => ({ path, rule: 'required_in_country' })),
        },
      }),
    );
  });

  test('has its region by the code and its postal code in capitals, however they were written', () => {
    const written = { country: 'CA', city: 'Ottawa', region: 'ontario', postalCode: 'k1a 0b1' };
    expect(given(written)).toMatchObject({ region: 'ON', postalCode: 'K1A 0B1' });
  });

  test('that was taken is taken again as it is', () => {
    const address = given({ country: 'CA', city: 'Ottawa', region: 'Ontario', postalCode: 'k1a 0b1' });
    expect(addressOf(parse(AddressInput, address))).toEqual(address);
  });
});

describe('SR-76: a line of an address', () => {
  test.each([
    '12a Rue de l’Église',
    '#4, 5th Floor',
    'Großbeerenstraße 2-10',
    '1-7-1 丸の内',
    'כיכר 7',
    'Apt. 4/B & Co',
  ])('may be %s', (line) => {
    expect(given({ country: 'GH', city: 'Accra', lines: [line] }).lines).toEqual([line]);
  });

  test.each(['=cmd|calc', '+1+1', '-2+3', '@SUM(A1)', '<b>1</b>', 'a\r\nb', '{{7*7}}', '###', 'x\u202Ey', 'x\u0000'])(
    'is never %j',
    (line) => {
      expect(() => given({ country: 'GH', city: 'Accra', lines: [line] })).toThrow(
        refusal('lines.0', 'address_characters'),
      );
    },
  );
});
