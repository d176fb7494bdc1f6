import { lettersOf, wordsOf } from '#storage/search/folding.ts';

/** What a person is found by. */
export interface Findable {
  readonly givenName: string | null;
  readonly middleName: string | null;
  readonly familyName: string | null;
  readonly preferredName: string | null;
  readonly dateOfBirth: string | null;
}

/** Whom somebody looks for: who has all of these. */
export interface Wanted {
  /** Whole words, folded, each another. */
  readonly words: readonly string[];
  /** Beginnings of words, folded, of at least three letters. */
  readonly beginnings: readonly string[];
  readonly dateOfBirth?: string | undefined;
}

/** The lengths at which the beginning of a word is stored, in letters. A search by a longer one asks for the longest that is not longer. */
const beginningLengths = [3, 4, 6] as const;
export const beginningLettersMin = beginningLengths[0];

/** Of more words a name is found by the first ones. */
export const wordsMax = 12;

/** Rises when what is stored changes for the same names: all profiles are then indexed again. */
export const termsVersion = 1;

/**
 * The terms that a person is stored under: words, their beginnings, the date of birth, and every two of these together. A pair tells
 * whoever reads the index nothing that its two parts, which name the same owner, do not; and it finds in one step who has
 * both of what many have.
 */
export function termsOf(person: Findable): string[] {
  const words = wordsOfPerson(person).slice(0, wordsMax);
  const { dateOfBirth } = person;
  return [
    ...words.map(wordTerm),
    ...new Set(words.flatMap((word) => beginningsOf(word).map(beginningTerm))),
    ...words.flatMap((one, index) => words.slice(index + 1).map((other) => pairTerm(one, other))),
    ...(dateOfBirth === null ? [] : [dateTerm(dateOfBirth), ...words.map((word) => bornTerm(dateOfBirth, word))]),
  ];
}

/** The terms to ask for: as few as cover what is wanted. */
export function termsFor({ words, beginnings, dateOfBirth }: Wanted): string[] {
  return [...termsForWords(words, dateOfBirth), ...beginnings.map((beginning) => beginningTerm(storedPart(beginning)))];
}

/** Whether the person is wanted indeed: a term stands for a part of a longer beginning, and may be older than the profile. */
export function isWanted(person: Findable, { words, beginnings, dateOfBirth }: Wanted): boolean {
  const own = wordsOfPerson(person);
  return (
    (dateOfBirth === undefined || dateOfBirth === person.dateOfBirth) &&
    words.every((word) => own.includes(word)) &&
    beginnings.every((beginning) => own.some((word) => word.startsWith(beginning)))
  );
}

function termsForWords(words: readonly string[], dateOfBirth: string | undefined): string[] {
  const [first, ...others] = words;
  if (first === undefined) return dateOfBirth === undefined ? [] : [dateTerm(dateOfBirth)];
  if (dateOfBirth !== undefined) return words.map((word) => bornTerm(dateOfBirth, word));
  return others.length === 0 ? [wordTerm(first)] : others.map((other) => pairTerm(first, other));
}

function wordsOfPerson({ givenName, middleName, familyName, preferredName }: Findable): string[] {
  const names = [givenName, familyName, middleName, preferredName];
  return [...new Set(names.flatMap((name) => (name === null ? [] : wordsOf(name))))];
}

function beginningsOf(word: string): string[] {
  const letters = lettersOf(word);
  return beginningLengths
    .filter((length) => length <= letters.length)
    .map((length) => letters.slice(0, length).join(''));
}

function storedPart(beginning: string): string {
  return beginningsOf(beginning).at(-1) ?? beginning;
}

// Words hold letters, marks and digits alone, so that a space parts them.
const wordTerm = (word: string) => `word ${word}`;
const beginningTerm = (letters: string) => `beginning ${letters}`;
const dateTerm = (date: string) => `born ${date}`;
const bornTerm = (date: string, word: string) => `born ${date} ${word}`;
const pairTerm = (...words: [string, string]) => `words ${words.toSorted().join(' ')}`;
