import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldWords } from './fold-words.ts';
import { showHolder } from './show-holder.ts';

const ada = { givenName: 'Ada', middleName: null, familyName: 'Lovelace' };

test.each([
  ['ADA LOVELACE', 'ADA LOVELACE'],
  ['LOVELACE, ADA KING', 'LOVELACE, ADA K***'],
  ['MR GRACE HOPPER', 'M*** G*** H***'],
  ['A. LOVELACE', 'A***. LOVELACE'],
  ["O'BRIEN ÁDA", 'O*** ÁDA'],
  ['𝔊race', 'G***'],
  ['', ''],
])('of %s its user sees %s', (printed, shown) => {
  expect(showHolder(ada, printed)).toBe(shown);
});

test("no word that is not the user's own is ever seen", () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (printed) => {
      const shown = new Set(foldWords(showHolder(ada, printed)));
      for (const word of shown) expect(['ada', 'lovelace'].includes(word) || [...word].length <= 4).toBe(true);
    }),
  );
});
