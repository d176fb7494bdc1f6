/** Letters that no decomposition takes apart, as they are written where they are not known. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ɓ: 'b',
  ɗ: 'd',
  ƙ: 'k',
  ƴ: 'y',
  ɛ: 'e',
  ɔ: 'o',
  ŋ: 'n',
};
const anyLetter = new RegExp(`[${Object.keys(letters).join('')}]`, 'gu');

/** What stands before and behind names and is none. */
const titles = new Set([
  ...['mr', 'mrs', 'ms', 'miss', 'master', 'dr', 'prof', 'rev', 'sir', 'hon', 'engr', 'barr', 'arc', 'pharm'],
  ...['chief', 'alhaji', 'alhaja', 'hajia', 'mallam', 'pastor', 'elder', 'prince', 'princess'],
  ...['jr', 'sr', 'ii', 'iii', 'iv', 'and'],
]);

/**
 * The words of a name as they can be compared: without accents, case, apostrophes and titles, in the order in which they stand. A name that
 * is nothing but a title keeps it, and so do words that are known to be names here.
 */
export function foldWords(name: string, known: ReadonlySet<string> = new Set()): string[] {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(anyLetter, (letter) => letters[letter] ?? letter)
    .normalize('NFKD')
    .replace(/[\p{M}'’‘ʼ`´]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const names = words.filter((word) => !titles.has(word) || known.has(word));
  return names.length > 0 ? names : words;
}
