import { passwordLengthMin } from '@bank/domain';
import words from '@zxcvbn-ts/language-common/src/passwords.json' with { type: 'json' };

const baseWordsMax = 12_000;
const baseLengthMin = 4;

/**
 * What of the word list (most frequent first) a password policy with a minimum length can use: the words that are long
 * enough by themselves, and the most frequent shorter ones, which people repeat or lengthen to reach the minimum.
 */
export function commonPasswordWords(): readonly string[] {
  const long = words.filter((word) => [...word].length >= passwordLengthMin);
  const bases = words.slice(0, baseWordsMax).filter((word) => [...word].length >= baseLengthMin);
  return [...new Set([...long, ...bases].map((word) => word.normalize('NFC').toLowerCase()))].sort();
}
