import { UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { Label } from '#features/factor/schemas.ts';

/** Bytes as base64url without padding. */
const base64url = (charactersMax: number) =>
  v.pipe(v.string(), v.nonEmpty(), v.maxLength(charactersMax), v.regex(/^[A-Za-z0-9_-]+$/, 'base64url'));

/** A credential has an id of 1023 bytes at most (WebAuthn level 3 §7.1). */
const CredentialId = base64url(1364);
const credentialIdBytesMax = 1023;

/** How an authenticator is reached: words that browsers know more of as time goes by. */
const Transport = v.pipe(v.string(), v.regex(/^[a-z-]{1,32}$/, 'transport'));

export const PasskeyEnrolment = v.strictObject({ label: v.optional(Label, 'Passkey') });

const CredentialDescriptor = v.strictObject({
  id: v.string(),
  type: v.literal('public-key'),
  transports: v.array(v.string()),
});

/** PublicKeyCredentialCreationOptionsJSON (WebAuthn level 3 §5.1.9). */
const CreationOptions = v.strictObject({
  rp: v.strictObject({ id: v.string(), name: v.string() }),
  user: v.strictObject({ id: v.string(), name: v.string(), displayName: v.string() }),
  challenge: v.string(),
  pubKeyCredParams: v.array(v.strictObject({ type: v.literal('public-key'), alg: v.number() })),
  timeout: v.number(),
  excludeCredentials: v.array(CredentialDescriptor),
  authenticatorSelection: v.strictObject({
    residentKey: v.literal('required'),
    requireResidentKey: v.literal(true),
    userVerification: v.literal('required'),
  }),
  attestation: v.picklist(['none', 'direct']),
  extensions: v.strictObject({ credProps: v.literal(true) }),
});
export type CreationOptions = v.InferOutput<typeof CreationOptions>;

/** What a page hands to `navigator.credentials.create`, by way of `PublicKeyCredential.parseCreationOptionsFromJSON`. */
export const PasskeyOptionsView = v.strictObject({
  factorId: UuidSchema,
  options: CreationOptions,
  expiresIn: v.number(),
});
export type PasskeyOptionsView = v.InferOutput<typeof PasskeyOptionsView>;

/**
 * RegistrationResponseJSON (WebAuthn level 3 §5.1.8), as `toJSON()` of a credential gives it. What browsers derive from the
 * attestation object for convenience is taken and not looked at.
 */
export const RegistrationResponse = v.strictObject({
  id: CredentialId,
  rawId: CredentialId,
  type: v.literal('public-key'),
  response: v.strictObject({
    clientDataJSON: base64url(8192),
    attestationObject: base64url(49_152),
    transports: v.optional(v.pipe(v.array(Transport), v.maxLength(16))),
    authenticatorData: v.optional(base64url(16_384)),
    publicKey: v.optional(base64url(4096)),
    publicKeyAlgorithm: v.optional(v.pipe(v.number(), v.integer())),
  }),
  authenticatorAttachment: v.optional(v.nullable(v.picklist(['platform', 'cross-platform']))),
  clientExtensionResults: v.optional(
    v.looseObject({ credProps: v.optional(v.looseObject({ rk: v.optional(v.boolean()) })) }),
  ),
});
export type RegistrationResponse = v.InferOutput<typeof RegistrationResponse>;

export const PasskeyRegistration = v.strictObject({ factorId: UuidSchema, response: RegistrationResponse });

/** So many bytes at most, and one at least. */
export const bytes = (sizeMax: number, sizeMin = 1) =>
  v.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && value.length >= sizeMin && value.length <= sizeMax,
    'bytes',
  );

/** What an authenticator answered when it was asked for a passkey (WebAuthn level 3 §5.2.2). */
export const Assertion = v.strictObject({
  credentialId: bytes(credentialIdBytesMax),
  clientDataJson: bytes(8192),
  authenticatorData: bytes(16_384),
  signature: bytes(1024),
  userHandle: v.optional(bytes(64)),
});
export type Assertion = v.InferOutput<typeof Assertion>;

/** An answer that is an assertion. */
export const AssertionResponse = v.strictObject({ assertion: Assertion });
export type AssertionResponse = v.InferOutput<typeof AssertionResponse>;
