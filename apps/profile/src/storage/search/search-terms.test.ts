import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wordsOf } from '#storage/search/folding.ts';
import { type Findable, isWanted, termsFor, termsOf, type Wanted, wordsMax } from '#storage/search/search-terms.ts';

const nobody: Findable = {
  givenName: null,
  middleName: null,
  familyName: null,
  preferredName: null,
  dateOfBirth: null,
};
const ada: Findable = { ...nobody, givenName: 'Ada', familyName: 'Lovelace-King', dateOfBirth: '1815-12-10' };

describe('the words of a name', () => {
  test.each([
    ['José María', ['jose', 'maria']],
    ['Nguyễn', ['nguyen']],
    ['Straße', ['strasse']],
    ['İstanbul ısı', ['istanbul', 'isi']],
    ['ΟΔΥΣΣΕΥΣ', ['οδυσσευσ']],
    ["O'Neil D’Arc", ['oneil', 'darc']],
    ['Anne-Marie', ['anne', 'marie']],
    ['J.R. (III)', ['j', 'r', 'iii']],
    ['李 小龍', ['李', '小龍']],
    ['がか', ['がか']],
    ['김민준', ['김민준']],
    ['مُحَمَّد نیک‌نام', ['محمد', 'نیکنام']],
    ['किरण', ['किरण']],
    [' -· ', []],
  ])('%s', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test('case, marks and the form of Unicode do not count', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\p{Script=Latin}\p{Script=Cyrillic}α-ωΑ-Ω '-]{0,20}$/u), (text) => {
        expect(wordsOf(text.toUpperCase())).toEqual(wordsOf(text));
        expect(wordsOf(text.normalize('NFD'))).toEqual(wordsOf(text.normalize('NFC')));
        expect(wordsOf(wordsOf(text).join(' '))).toEqual(wordsOf(text));
      }),
    );
  });
});

describe('what a person is stored under', () => {
  test('words, beginnings of the documented lengths, pairs, and the date with each word', () => {
    expect(termsOf({ ...ada, familyName: 'Lovelace' }).toSorted()).toEqual(
      [
        ...['word ada', 'word lovelace', 'words ada lovelace'],
        ...['beginning ada', 'beginning lov', 'beginning love', 'beginning lovela'],
        ...['born 1815-12-10', 'born 1815-12-10 ada', 'born 1815-12-10 lovelace'],
      ].toSorted(),
    );
    expect(termsOf(nobody)).toEqual([]);
  });

  test('is bounded, however long a name is', () => {
    const long = Array.from({ length: 50 }, (_, index) => `abc${String.fromCharCode(97 + index)}def`).join(' ');
    const terms = termsOf({ ...ada, givenName: long });
    expect(terms.filter((term) => term.startsWith('word '))).toHaveLength(wordsMax);
    expect(terms.length).toBeLessThan(150);
  });
});

describe('a search', () => {
  test.each<[Wanted, string[]]>([
    [{ words: ['ada'], beginnings: [] }, ['word ada']],
    [{ words: ['lovelace', 'ada'], beginnings: [] }, ['words ada lovelace']],
    [{ words: ['ada'], beginnings: [], dateOfBirth: '1815-12-10' }, ['born 1815-12-10 ada']],
    [{ words: [], beginnings: ['lov'], dateOfBirth: '1815-12-10' }, ['born 1815-12-10', 'beginning lov']],
    [{ words: ['ada'], beginnings: ['lovel'] }, ['word ada', 'beginning love']],
  ])('asks for as few terms as cover %j', (wanted, terms) => {
    expect(termsFor(wanted)).toEqual(terms);
  });

  test('finds every person by what they are called, and the check of what was found agrees', () => {
    const name = fc.option(fc.stringMatching(/^[a-zäöü]{1,8}( [a-zäöü]{1,8})?$/u), { nil: null });
    const person = fc.record({
      ...{ givenName: name, middleName: name, familyName: name, preferredName: name },
      dateOfBirth: fc.constantFrom(null, '1815-12-10', '1906-12-09'),
    });
    fc.assert(
      fc.property(person, fc.nat(), fc.nat(20), fc.boolean(), (whom, from, length, born) => {
        const words = [...new Set([whom.givenName, whom.familyName].flatMap((each) => wordsOf(each ?? '')))];
        const chosen = words.slice(from % (words.length + 1));
        const beginnings = chosen.filter((word) => word.length > 3).map((word) => word.slice(0, Math.max(3, length)));
        const wanted: Wanted = {
          words: beginnings.length > 0 ? [] : chosen,
          beginnings,
          dateOfBirth: born ? (whom.dateOfBirth ?? undefined) : undefined,
        };
        const stored = new Set(termsOf(whom));
        expect(isWanted(whom, wanted)).toBe(true);
        expect(termsFor(wanted).every((term) => stored.has(term))).toBe(true);
      }),
    );
  });

  test.each<[string, Wanted]>([
    ['another word', { words: ['grace'], beginnings: [] }],
    ['a beginning that is longer than the word', { words: [], beginnings: ['adam'] }],
    ['a beginning that differs after what is stored', { words: [], beginnings: ['lovelx'] }],
    ['another date', { words: ['ada'], beginnings: [], dateOfBirth: '1815-12-11' }],
  ])('does not want who has %s', (_, wanted) => {
    expect(isWanted(ada, wanted)).toBe(false);
  });
});
