import { UserIdSchema, UuidSchema } from '@bank/domain';
import * as v from 'valibot';

const bytes32 = v.pipe(v.string(), v.regex(/^[\w-]{43}$/, 'base64url'));
const bytes64 = v.pipe(v.string(), v.regex(/^[\w-]{86}$/, 'base64url'));

/** A public key (RFC 7517): on P-256 (RFC 7518 §6.2.1) or Ed25519 (RFC 8037 §2), and nothing beside it. */
const PublicKey = v.variant('kty', [
  v.strictObject({ kty: v.literal('EC'), crv: v.literal('P-256'), x: bytes32, y: bytes32 }),
  v.strictObject({ kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: bytes32 }),
]);

/** A key with the signature that it made over the challenge and, where it takes another's place, that of the other. */
export const KeyBody = v.strictObject({
  challengeId: UuidSchema,
  publicKey: PublicKey,
  signature: bytes64,
  previousSignature: v.optional(bytes64),
});
export type KeyBody = v.InferOutput<typeof KeyBody>;

/** What a device has to sign. */
export const KeyChallengeView = v.strictObject({
  challengeId: UuidSchema,
  ceremony: v.picklist(['bind', 'rotate']),
  challenge: v.string(),
  expiresIn: v.number(),
});
export type KeyChallengeView = v.InferOutput<typeof KeyChallengeView>;

const aboutDevice = { userId: UserIdSchema, sessionId: UuidSchema, deviceId: UuidSchema };
const bytesOf = (length: number) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((value) => value.length === length, 'length'),
  );

export const ApprovalStart = v.strictObject({ ...aboutDevice, payloadDigest: bytesOf(32) });
export const ApprovalAnswer = v.strictObject({ ...aboutDevice, challengeId: UuidSchema, signature: bytesOf(64) });
