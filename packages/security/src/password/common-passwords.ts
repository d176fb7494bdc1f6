import { brotliDecompressSync } from 'node:zlib';
import { commonPasswordsBrotli } from '#password/common-passwords.gen.ts';

let loaded: ReadonlySet<string> | undefined;

/** Loaded at the first use: most processes never look. */
function words(): ReadonlySet<string> {
  loaded ??= new Set(readCommonPasswords());
  return loaded;
}

/** The list as committed. */
export function readCommonPasswords(): readonly string[] {
  return brotliDecompressSync(Buffer.from(commonPasswordsBrotli, 'base64')).toString('utf8').split('\n');
}

/**
 * Whether a whole password is one of the common and breached ones, in any case, or one of the two things that people make
 * of those to reach a minimum length: the word repeated, or with a run of digits, a year or a mark behind it (SR-5).
 * Works offline. Words inside a longer password do not count (NIST SP 800-63B-4 §3.1.1.2).
 */
export function isCommonPassword(password: string): boolean {
  const whole = password.normalize('NFC').toLowerCase();
  return [whole, repeatedUnit(whole), withoutEnding(whole)].some((word) => words().has(word));
}

/** `passwordpassword` → `password`; what does not repeat stays as it is. */
function repeatedUnit(text: string): string {
  return text.slice(0, text.concat(text).indexOf(text, 1));
}

const ending = /[@#_.-]?(?:0?0?1(?:2(?:3(?:4(?:5(?:6(?:7(?:8(?:90?)?)?)?)?)?)?)?)?|(?:19|20)\d\d)?[!?.*]{0,3}$/;

/** `Sunshine@2024!` → `sunshine`. */
function withoutEnding(text: string): string {
  return text.replace(ending, '');
}
