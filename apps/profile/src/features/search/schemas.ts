import { isCalendarDate } from '@bank/domain';
import * as v from 'valibot';
import { lettersOf, wordsOf } from '#storage/search/folding.ts';
import { beginningLettersMin, type Wanted } from '#storage/search/search-terms.ts';

const limitMax = 100;
const limitDefault = 20;
/** Of a name that somebody looks for: more say nothing that fewer do not. */
const wordsMax = 8;

const date = v.pipe(v.string(), v.isoDate(), v.check(isCalendarDate, 'calendar_date'));

/** Words and, with an asterisk at the end, beginnings of words: `ada love*`. */
const name = v.pipe(
  v.string(),
  v.maxLength(200),
  v.transform(readName),
  v.check(({ words, beginnings }) => words.length + beginnings.length > 0, 'name_words'),
  v.check(({ words, beginnings }) => words.length + beginnings.length <= wordsMax, 'name_words_max'),
  v.check(({ beginnings }) => beginnings.every(isLongEnough), 'name_beginning'),
);

/**
 * Whom staff look for: by words of the name, and by the date of birth of whom they know a whole word of it. A date by itself would list
 * who was born that day, day after day; with beginnings it would read a name letter by letter.
 */
export const ProfileSearch = v.pipe(
  v.strictObject({
    name,
    dateOfBirth: v.optional(date),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limitMax)), limitDefault),
    cursor: v.optional(v.string()),
  }),
  v.forward(
    v.check(({ name: asked, dateOfBirth }) => dateOfBirth === undefined || asked.words.length > 0, 'name_whole_word'),
    ['name'],
  ),
);
export type ProfileSearch = v.InferOutput<typeof ProfileSearch>;

/** What of a search has to fit. */
export function wantedOf({ name: asked, dateOfBirth }: ProfileSearch): Wanted {
  return { ...asked, dateOfBirth };
}

function readName(text: string): Pick<Wanted, 'words' | 'beginnings'> {
  const words = new Set<string>();
  const beginnings = new Set<string>();
  for (const part of text.split(/\s+/u)) {
    const folded = wordsOf(part);
    // Of `anne-mar*` the last word alone is a beginning.
    const beginning = part.endsWith('*') ? folded.pop() : undefined;
    if (beginning !== undefined) beginnings.add(beginning);
    for (const word of folded) words.add(word);
  }
  return { words: [...words], beginnings: [...beginnings] };
}

function isLongEnough(beginning: string): boolean {
  return lettersOf(beginning).length >= beginningLettersMin;
}
