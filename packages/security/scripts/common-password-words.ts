import words from '@zxcvbn-ts/language-common/src/passwords.json' with { type: 'json' };

const baseLengthMin = 4;

/**
 * What of the word list a password policy with a minimum length can use: all of it that people repeat or lengthen to reach
 * the minimum, and what reaches it by itself.
 */
export function commonPasswordWords(): readonly string[] {
  const usable = words.filter((word) => [...word].length >= baseLengthMin);
  return [...new Set(usable.map((word) => word.normalize('NFC').toLowerCase()))].sort();
}
