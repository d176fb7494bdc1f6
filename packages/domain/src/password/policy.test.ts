import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPassword, normalisePassword } from '#password/policy.ts';

const nothingListed = { isListed: () => false };

describe('SR-1, SR-2: length in code points', () => {
  test.each([
    ['11 letters', 'abcdefghijk', 'too_short'],
    ['12 letters', 'abcdefghijkl', undefined],
    ['64 letters', 'x'.repeat(64), undefined],
    ['256 letters', 'x'.repeat(256), undefined],
    ['257 letters', 'x'.repeat(257), 'too_long'],
    ['11 emoji of two code units', '🔑'.repeat(11), 'too_short'],
    ['12 emoji of two code units', '🔑'.repeat(12), undefined],
    ['256 emoji of two code units', '🔑'.repeat(256), undefined],
    ['12 letters that are 11 after NFC', 'abcdefghije\u0301', 'too_short'],
    ['ten megabytes', 'x'.repeat(10_000_000), 'too_long'],
  ])('%s: %3$s', (_, password, problem) => {
    expect(checkPassword(password, nothingListed)).toBe(problem);
  });

  test('a huge password is refused without being looked at', () => {
    const isListed = () => expect.unreachable('the list was asked');
    expect(checkPassword('x'.repeat(10_000), { isListed })).toBe('too_long');
  });
});

describe('SR-3: exact text', () => {
  test('composed and decomposed typing are one password', () => {
    expect(normalisePassword('cafe\u0301')).toBe(normalisePassword('caf\u00e9'));
  });

  test('compatibility characters and spaces are kept', () => {
    expect(normalisePassword(' ａﬁ²\t')).toBe(' ａﬁ²\t');
  });

  test('half of a surrogate pair is not text', () => {
    expect(checkPassword('abcdefghijkl\ud800', nothingListed)).toBe('not_text');
  });
});

describe('SR-4: no composition rules', () => {
  test('any 12 to 256 code points will do when nothing is listed', () => {
    const passwords = fc.string({ unit: 'grapheme-composite', minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(passwords, (password) => {
        fc.pre([...normalisePassword(password)].length <= 256);
        expect(checkPassword(password, nothingListed)).toBeUndefined();
      }),
    );
  });

  test('20 lowercase letters are accepted', () => {
    expect(checkPassword('qzvhtmekwpxjycoldubn', nothingListed)).toBeUndefined();
  });
});

describe('SR-5: the list', () => {
  test('is asked for the whole normalised password', () => {
    const isListed = (password: string) => password === 'caf\u00e9 caf\u00e9 caf\u00e9';
    expect(checkPassword('cafe\u0301 cafe\u0301 cafe\u0301', { isListed })).toBe('listed');
    expect(checkPassword('cafe\u0301 cafe\u0301 cafe\u0301!', { isListed })).toBeUndefined();
  });
});

describe('SR-6: context words', () => {
  const facts = {
    ...nothingListed,
    email: 'jane.doe-smith@mail.quicksilver.test',
    phone: '+4915112345678',
    names: ['Jané', 'Li', 'Ó Súilleabháin'],
    contextWords: ['Meridian Bank'],
  };

  test.each([
    ['jane.doe-smith@mail.quicksilver.test'],
    ['quicksilver mountain'],
    ['Qu1ckS1lver-mountain'],
    ['my 4915112345678'],
    ['015112345678 mine'],
    ['JaneDoeSmith1970'],
    ['xxxx-smith-xxxx'],
    ['my-MERIDIAN-money'],
    ['m3r1d14n-forever'],
    ['b a n k of flowers'],
    ['$uill3abhain 1234'],
    ['ｊａｎｅ1234567890'],
  ])('%s is refused', (password) => {
    expect(checkPassword(password, facts)).toBe('context_word');
  });

  test.each([['violet-tractor-umbrella'], ['lili lili lili li'], ['mail mail mail mail'], ['test test test test']])(
    '%s is accepted',
    (password) => {
      expect(checkPassword(password, facts)).toBeUndefined();
    },
  );

  test('an email of digits is a word too', () => {
    const ownNumber = { ...nothingListed, email: '4915112345@example.test' };
    expect(checkPassword('4915112345 and more', ownNumber)).toBe('context_word');
  });
});
