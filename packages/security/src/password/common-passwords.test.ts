import { describe, expect, test } from 'vitest';
import { isCommonPassword, readCommonPasswords } from '#password/common-passwords.ts';

describe('SR-5: isCommonPassword', () => {
  test.each([
    ['a word of the list', '1qaz2wsx3edc'],
    ['in any case', '1QAZ2wsx3EDC'],
    ['a word twice', 'passwordpassword'],
    ['a word four times', 'lovelovelovelove'],
    ['a word and digits', 'Password1234'],
    ['a word, a year and a mark', 'Sunshine@2024!'],
    ['a run of digits', '123456789012'],
  ])('%s: %s', (_, password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  test.each([
    ['words of a longer password do not count', 'my password is long'],
    ['a word twice with something between', 'password.password'],
    ['a word in front of letters', 'passwordqzvhtmek'],
    ['20 lowercase letters', 'qzvhtmekwpxjycoldubn'],
    ['nothing', ''],
  ])('not: %s', (_, password) => {
    expect(isCommonPassword(password)).toBe(false);
  });

  test('the list holds the most common ones in one spelling', () => {
    const words = readCommonPasswords();
    expect(words.length).toBeGreaterThan(10_000);
    expect(words).toEqual(expect.arrayContaining(['password', 'qwerty', '123456', 'letmein']));
    expect(words.filter((word) => word !== word.toLowerCase() || word === '')).toEqual([]);
  });
});
