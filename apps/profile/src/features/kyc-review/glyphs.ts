/** Rows of a letter, five dots each, the leftmost the highest bit: no font has to be installed to write ids and times. */
const glyphs: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  a: [0, 0, 14, 1, 15, 17, 15],
  b: [16, 16, 22, 25, 17, 17, 30],
  c: [0, 0, 14, 16, 16, 17, 14],
  d: [1, 1, 13, 19, 17, 17, 15],
  e: [0, 0, 14, 17, 31, 16, 14],
  f: [6, 9, 8, 28, 8, 8, 8],
  t: [31, 4, 4, 4, 4, 4, 4],
  z: [31, 1, 2, 4, 8, 16, 31],
  '-': [0, 0, 0, 31, 0, 0, 0],
  ':': [0, 12, 12, 0, 12, 12, 0],
  '.': [0, 0, 0, 0, 0, 12, 12],
};

/** Width of a letter with the gap after it, and height of a line with the gap below, in dots. */
export const glyphWidth = 6;
export const glyphHeight = 10;

/** The dots of a line of text, as column and row; a letter that is not known is left out. */
export function dotsOf(text: string): readonly (readonly [column: number, row: number])[] {
  return [...text.toLowerCase()].flatMap((letter, place) =>
    (glyphs[letter] ?? []).flatMap((bits, row) =>
      [0, 1, 2, 3, 4]
        .filter((dot) => (bits & (16 >> dot)) !== 0)
        .map((dot) => [place * glyphWidth + dot, row] as const),
    ),
  );
}
