import { fromBase64Url } from '@bank/security';
import * as v from 'valibot';
import type { Assertion } from '#adapters/factors/assertion.ts';

/** Bytes in base64url, in their one canonical spelling. */
const bytes = (lengthMax: number) =>
  v.pipe(
    v.string('base64url'),
    v.maxLength(Math.ceil((lengthMax * 4) / 3)),
    v.regex(/^[A-Za-z0-9_-]+$/, 'base64url'),
    v.check((text) => fromBase64Url(text) !== undefined, 'base64url'),
  );

/** A credential id has 1023 bytes at most (WebAuthn L3 §6.1). */
const CredentialIdSchema = bytes(1023);

/**
 * What a passkey answers, as `PublicKeyCredential.toJSON()` writes it (WebAuthn L3 §5.1.8). Nothing is asked of extensions, so
 * what they say is not looked at.
 */
export const AssertionSchema = v.pipe(
  v.strictObject({
    id: CredentialIdSchema,
    rawId: CredentialIdSchema,
    type: v.literal('public-key', 'public_key'),
    response: v.strictObject({
      clientDataJSON: bytes(4096),
      authenticatorData: bytes(4096),
      signature: bytes(1024),
      userHandle: v.nullish(bytes(64)),
    }),
    authenticatorAttachment: v.nullish(v.picklist(['platform', 'cross-platform'])),
    clientExtensionResults: v.optional(v.looseObject({})),
  }),
  v.check(({ id, rawId }) => id === rawId, 'raw_id'),
  v.transform(({ rawId, response: { clientDataJSON, authenticatorData, signature, userHandle } }) => ({
    assertion: {
      credentialId: rawId,
      clientDataJson: clientDataJSON,
      authenticatorData,
      signature,
      userHandle: userHandle ?? '',
    } satisfies Assertion,
  })),
);

/** What a passkey is asked with, for `PublicKeyCredential.parseRequestOptionsFromJSON()`. */
export const PasskeyQuestionSchema = v.object({
  challenge: v.string(),
  rpId: v.string(),
  allowCredentials: v.array(
    v.object({ id: v.string(), type: v.literal('public-key'), transports: v.array(v.string()) }),
  ),
  userVerification: v.string(),
  timeout: v.number(),
});
