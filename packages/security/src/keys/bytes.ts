import { timingSafeEqual } from 'node:crypto';

const base64UrlPattern = /^[A-Za-z0-9_-]*$/;

/** Compares in time that depends only on the lengths, which are no secret. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Base64url without padding, RFC 4648 §5. */
export function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/** Only the one canonical spelling is read: no padding, no other alphabet, no stray bits in the last character. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (!base64UrlPattern.test(text)) {
    return undefined;
  }
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
