import { foldWords } from '#features/names/fold-words.ts';

/** A person's legal name as the profile has it; what is unknown is `null`. */
export interface LegalName {
  readonly givenName: string | null;
  readonly middleName: string | null;
  readonly familyName: string | null;
}

/** How near a name that somebody else has of a person is to their legal name. */
export type NameMatch = 'exact' | 'likely' | 'different';

interface Word {
  readonly text: string;
  readonly isFamily: boolean;
  readonly isFirst: boolean;
}

/** How a word of the legal name was found in the other: as it is, with one letter off, or as its initial. */
type Found = 'same' | 'nearly' | 'initial';

/** Names that only one of the two may have: middle names. A legal name with more would fit whoever bears one of them. */
const furtherWordsMax = 2;
/** Shorter words that differ in a letter are other names. */
const nearlyLengthMin = 5;

/**
 * Compares a name as a bank prints it with the legal name, whatever the order, case, accents and titles (docs/api/bank-accounts.md has the
 * table). `exact`: the same words. `likely`: nothing speaks against it, and the first given name (or its initial) and a family name are
 * there; a few names may be missing, or a few further ones may be there, one word may have a letter off.
 */
export function matchNames(legal: LegalName, printed: string): NameMatch {
  const mine = wordsOf(legal);
  const theirs = joinedAs(foldWords(printed, new Set(mine.map(({ text }) => text))), mine);
  if (mine.length === 0 || theirs.length === 0) return 'different';
  const { found, rest } = pair(mine, theirs);
  const missing = mine.filter((word) => !found.has(word));
  const isSame = missing.length === 0 && rest.length === 0;
  if (isSame && [...found.values()].every((how) => how === 'same')) return 'exact';
  // A name that each of the two lacks is two people.
  if (missing.length > 0 && rest.length > 0) return 'different';
  if (missing.length + rest.length > furtherWordsMax) return 'different';
  const hasFamily = mine.some((word) => word.isFamily && found.has(word) && found.get(word) !== 'initial');
  const hasFirst = mine.some((word) => word.isFirst && found.has(word));
  return hasFamily && hasFirst ? 'likely' : 'different';
}

/** The words of a printed name that stand in the legal one; everything else is somebody's own. */
export function knownWords(legal: LegalName, printed: string): ReadonlySet<string> {
  const mine = new Set(wordsOf(legal).map(({ text }) => text));
  return new Set(foldWords(printed, mine).filter((word) => mine.has(word)));
}

function wordsOf({ givenName, middleName, familyName }: LegalName): Word[] {
  const given = foldWords(givenName ?? '').map((text, index) => ({ text, isFamily: false, isFirst: index === 0 }));
  const middle = foldWords(middleName ?? '').map((text) => ({ text, isFamily: false, isFirst: false }));
  const family = foldWords(familyName ?? '').map((text) => ({ text, isFamily: true, isFirst: false }));
  return [...given, ...middle, ...family];
}

/** Banks run double names together, or apart: neighbours that together are a word of the legal name are one, and the other way round. */
function joinedAs(printed: readonly string[], mine: readonly Word[]): string[] {
  const texts = new Set(mine.map(({ text }) => text));
  const words: string[] = [];
  for (let index = 0; index < printed.length; index += 1) {
    const [word = '', next] = [printed[index], printed[index + 1]];
    const split = mine.findIndex(
      ({ text }, at) => text + (mine[at + 1]?.text ?? '') === word && mine[at + 1] !== undefined,
    );
    if (!texts.has(word) && next !== undefined && texts.has(word + next)) {
      words.push(word + next);
      index += 1;
    } else if (!texts.has(word) && split >= 0) {
      words.push(mine[split]?.text ?? '', mine[split + 1]?.text ?? '');
    } else {
      words.push(word);
    }
  }
  return words;
}

/** Pairs words, the nearest first. One word at most may be nearly the other. */
function pair(mine: readonly Word[], theirs: readonly string[]): { found: Map<Word, Found>; rest: string[] } {
  const found = new Map<Word, Found>();
  const rest = [...theirs];
  const take = (how: Found, fits: (word: string, text: string) => boolean, max = Number.POSITIVE_INFINITY) => {
    let taken = 0;
    for (const word of mine) {
      if (found.has(word) || taken >= max) continue;
      const index = rest.findIndex((text) => fits(word.text, text));
      if (index < 0) continue;
      rest.splice(index, 1);
      found.set(word, how);
      taken += 1;
    }
  };
  take('same', (word, text) => word === text);
  take('initial', isInitial);
  take('nearly', isNearly, 1);
  return { found, rest };
}

function isInitial(one: string, other: string): boolean {
  const [short, long] = [...one].length === 1 ? [one, other] : [other, one];
  return [...short].length === 1 && [...long].length > 1 && long.startsWith(short);
}

/** One letter is another, is missing, is too many, or two neighbours have changed places. */
function isNearly(one: string, other: string): boolean {
  const [a, b] = [[...one], [...other]];
  if (Math.min(a.length, b.length) < nearlyLengthMin || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (Math.max(left.length, right.length) <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
