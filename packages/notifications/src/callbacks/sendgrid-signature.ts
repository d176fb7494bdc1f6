import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** A call of SendGrid's event webhook as it came. */
export interface SendgridCallback {
  /** The `X-Twilio-Email-Event-Webhook-Timestamp` header: seconds since 1970. */
  readonly timestamp: string;
  readonly body: Uint8Array;
  /** The `X-Twilio-Email-Event-Webhook-Signature` header. */
  readonly signature: string;
}

/** Reads the verification key as SendGrid shows it: SPKI in DER and base64. @throws Error unless it is one of P-256 */
export function readSendgridKey(text: string): KeyObject {
  const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('the key must be one of P-256');
  return key;
}

/**
 * Whether SendGrid made this call: ECDSA with SHA-256 over the timestamp followed by the body, byte by byte ("Signed Event
 * Webhook"). How old it may be is for the caller to say.
 */
export function isFromSendgrid(key: KeyObject, { timestamp, body, signature }: SendgridCallback): boolean {
  const signed = Buffer.concat([Buffer.from(timestamp, 'utf8'), body]);
  return verify('sha256', signed, { key, dsaEncoding: 'der' }, Buffer.from(signature, 'base64'));
}
