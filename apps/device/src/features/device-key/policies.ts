import type { Ceremony } from '#storage/key-challenge.entity.ts';

/** Bytes of a challenge (SR-30). */
export const challengeBytes = 32;

/** How long a challenge may be answered, in seconds. */
export const challengeSeconds = 300;

/**
 * What a key signs: four lines of text, of which the first says for what, so that a signature of one ceremony is never good
 * for another. The last is the thumbprint of the key that is to be bound (RFC 7638) or the SHA-256 of what is approved; it
 * and the challenge are in base64url.
 */
export function signedText(
  ceremony: Ceremony,
  { deviceId, challenge, about }: { deviceId: string; challenge: Uint8Array; about: string },
): Uint8Array {
  const domain = `user-service.device-key.${ceremony}.v1`;
  return Buffer.from([domain, deviceId, Buffer.from(challenge).toString('base64url'), about].join('\n'));
}
