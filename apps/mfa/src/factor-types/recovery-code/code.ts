import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base32: no letters that are taken for digits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 24;
const groupLength = 6;

/**
 * A recovery code of 120 random bits, such as `7Q2M4D-09XKTB-…`: enough to be kept as a plain hash, which needs 112
 * (NIST SP 800-63B-4 §3.1.2.2, SR-27).
 */
export function generateRecoveryCode(): string {
  // 256 is a multiple of 32: the remainder is uniform.
  const symbols = Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length));
  return symbols.join('').replace(new RegExp(`.{${groupLength}}(?=.)`, 'g'), '$&-');
}

/** What a code is stored and looked up as; bound to its user, so that it is no other's (SR-27). */
export function digestRecoveryCode(userId: string, code: string): Uint8Array {
  return createHash('sha256')
    .update(JSON.stringify(['mfa.recovery-code', userId, comparable(code)]))
    .digest();
}

/** People type lower case, leave dashes out, and take 0 for O and 1 for I or L. */
function comparable(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
}
