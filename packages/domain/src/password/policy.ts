/**
 * Why a password was refused; shown to the person as the `rule` of the field (SR-5). `breached` and `used_before` are found
 * out by whoever has the list and the history.
 */
export type PasswordProblem =
  | 'too_short'
  | 'too_long'
  | 'not_text'
  | 'listed'
  | 'breached'
  | 'context_word'
  | 'used_before';

export const passwordLengthMin = 12;
export const passwordLengthMax = 256;
const contextWordLengthMin = 4;
/** Longer, as hosts of mail go by the plainest words: `mail`, `live`. */
const domainWordLengthMin = 5;

export interface PasswordFacts {
  readonly email?: string;
  /** E.164. */
  readonly phone?: string;
  /** The user's own names, as far as they are known. */
  readonly names?: readonly string[];
  /** The bank, its products, its brands. */
  readonly contextWords?: readonly string[];
  /** Whether the whole password is on the list of common and breached ones. */
  isListed(password: string): boolean;
}

/** The form that is hashed and verified: NFC, so that composed and decomposed typing of one text agree (SR-3). Nothing is cut off. */
export function normalisePassword(password: string): string {
  return password.normalize('NFC');
}

/**
 * The first thing wrong with a new password, or undefined. 12 to 256 code points of any kind, no composition rules
 * (NIST SP 800-63B-4 §3.1.1.2), not on the list, and without the bank's or the user's own words (SR-1 to SR-6).
 */
export function checkPassword(password: string, facts: PasswordFacts): PasswordProblem | undefined {
  if (password.length > passwordLengthMax * 4) {
    return 'too_long';
  }
  if (!password.isWellFormed()) {
    return 'not_text';
  }
  const normalised = normalisePassword(password);
  const length = [...normalised].length;
  if (length < passwordLengthMin) {
    return 'too_short';
  }
  if (length > passwordLengthMax) {
    return 'too_long';
  }
  if (facts.isListed(normalised)) {
    return 'listed';
  }
  return containsContextWord(normalised, facts) ? 'context_word' : undefined;
}

function containsContextWord(password: string, facts: PasswordFacts): boolean {
  const folded = fold(password);
  return wordsOf(facts).some((word) => folded.includes(word));
}

function wordsOf({ email = '', phone = '', names = [], contextWords = [] }: PasswordFacts): string[] {
  const at = email.lastIndexOf('@');
  const local = email.slice(0, Math.max(at, 0));
  // A number is typed with its country's code or without it, and then with a 0 in front.
  const words = [local, phone.slice(1), phone.slice(3), phone.slice(4), ...names, ...contextWords]
    .flatMap((text) => [text, ...text.split(/[^\p{L}\p{M}\p{N}]+/u)])
    .map(fold)
    .filter((word) => [...word].length >= contextWordLengthMin);
  return [...words, ...domainWordsOf(email.slice(at + 1))];
}

/** The names in a host, without what it ends in. */
function domainWordsOf(host: string): string[] {
  const labels = host.split('.').slice(0, -1);
  return labels.map(fold).filter((word) => [...word].length >= domainWordLengthMin);
}

/** Case, look-alike forms, accents, separators and the usual digit-for-letter swaps make no difference to a guesser. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[013457@$!]/g, (character) => lookAlikes[character] ?? character)
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const lookAlikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
