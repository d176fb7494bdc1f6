import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@bank/domain';

/** A callback of Twilio as it came. */
export interface TwilioCallback {
  /** The address that Twilio was told to call, as it was told. Never what a request says of itself. */
  readonly url: string;
  /** The fields of the form, each once. */
  readonly fields: ReadonlyMap<string, string>;
  /** The `X-Twilio-Signature` header. */
  readonly signature: string;
}

/**
 * Whether Twilio made this callback: base64 of HMAC-SHA-1, under the account's auth token, over the address followed by every
 * field's name and value in the order of the names ("Validating Signatures from Twilio"). Compared in constant time.
 */
export function isFromTwilio(authToken: Secret, { url, fields, signature }: TwilioCallback): boolean {
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  const signed = url + sorted.map(([name, value]) => name + value).join('');
  const expected = createHmac('sha1', authToken.reveal()).update(signed, 'utf8').digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
