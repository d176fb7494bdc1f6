import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { destinationOf, PhoneNumberSchema } from '#contact/phone-number.ts';
import { DomainError } from '#errors/domain-error.ts';
import { parse } from '#errors/parse.ts';

describe('PhoneNumberSchema', () => {
  test.each([
    '+491711234567',
    '+49 171 1234567',
    '+49 (0)171 123-4567',
    '0049 171 1234567',
    ' 00491711234567 ',
    '＋４９ １７１ １２３４５６７',
  ])('SR-18, SR-41: %s is one number', (text) => {
    expect(parse(PhoneNumberSchema, text)).toBe('+491711234567');
  });

  test.each([
    '',
    '+',
    '0171 1234567',
    '491711234567',
    '+49',
    '+49171',
    '+999 123456789',
    '+1 555 0100',
    '+49 171 1234567 ext. 5',
    '+49 171 1234567;ext=5',
    'call +49 171 1234567 now',
    '+49 171 1234567\r\nX',
    '+'.repeat(41),
  ])('refuses %j', (text) => {
    expect(() => parse(PhoneNumberSchema, text)).toThrow(DomainError);
  });

  test('yields E.164, and E.164 stays as it is', () => {
    const numbers = fc.integer({ min: 1_000_000, max: 9_999_999 }).map((subscriber) => `+49171${subscriber}`);
    fc.assert(
      fc.property(numbers, (number) => {
        expect(parse(PhoneNumberSchema, number)).toBe(number);
        expect(number).toMatch(/^\+[1-9]\d{1,14}$/);
      }),
    );
  });

  test('answers with the rule alone', () => {
    const refused = () => parse(PhoneNumberSchema, 'nonsense');
    expect(refused).toThrow(expect.objectContaining({ details: { errors: [{ path: '', rule: 'phone_number' }] } }));
  });
});

test.each([
  ['+49 171 1234567', '49-DE'],
  ['+1 876 555 0123', '1-JM'],
  ['+1 202 555 0123', '1-US'],
  ['+800 1234 5678', '800'],
])('SR-18: %s leads to %s', (text, destination) => {
  expect(destinationOf(parse(PhoneNumberSchema, text))).toBe(destination);
});
