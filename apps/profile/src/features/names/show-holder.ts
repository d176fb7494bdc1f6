import { foldWords } from '#features/names/fold-words.ts';
import { knownWords, type LegalName } from '#features/names/match-names.ts';

/**
 * A name that somebody else has of an account, as far as its user may see it: words of the user's own legal name as they are
 * printed, of every other word the first letter. So a lookup never tells a user a name that the user did not give.
 * Seen once, when the account is linked: who renamed themselves afterwards would guess on without a question that is counted.
 */
export function showHolder(legal: LegalName, printed: string): string {
  const known = knownWords(legal, printed);
  return printed.normalize('NFKC').replace(/[\p{L}\p{M}\p{N}'’‘ʼ`´]+/gu, (word) => {
    const folded = foldWords(word);
    if (folded.length > 0 && folded.every((part) => known.has(part))) return word;
    const [first = ''] = word;
    return `${first}***`;
  });
}
