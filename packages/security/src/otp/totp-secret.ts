import { randomBytes } from 'node:crypto';
import { base32 } from 'oslo/encoding';

/** 160 bits, the length that RFC 4226 §4 (R6) recommends. */
const secretBytes = 20;

/** A new shared secret of an authenticator app, as raw bytes. */
export function generateTotpSecret(): Uint8Array {
  return randomBytes(secretBytes);
}

/** A secret as people type it into an authenticator app: base32 without padding (RFC 4648 §6). */
export function encodeTotpSecret(secret: Uint8Array): string {
  return base32.encode(new Uint8Array(secret), { includePadding: false });
}

/** A secret as authenticator apps scan it: an `otpauth://totp/` URI with SHA-1, six digits and steps of 30 s. */
export function totpKeyUri({
  issuer,
  account,
  secret,
}: {
  issuer: string;
  account: string;
  secret: Uint8Array;
}): string {
  // A space is `%20`, never `+`: some apps show what they do not decode.
  const [by, name] = [encodeURIComponent(issuer), encodeURIComponent(account)];
  return `otpauth://totp/${by}:${name}?secret=${encodeTotpSecret(secret)}&issuer=${by}&algorithm=SHA1&digits=6&period=30`;
}
