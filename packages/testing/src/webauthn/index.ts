export {
  type AttestationKey,
  type AttestationMaker,
  attestationMaker,
  type MakerChanges,
} from '#webauthn/attestation.ts';
export type { Assertion, Changes, CreationOptions, Flag, Registration, RequestOptions } from '#webauthn/ceremony.ts';
export type { CredentialAlgorithm } from '#webauthn/keys.ts';
export {
  type AuthenticatorOptions,
  type KeptCredential,
  type PortableCredential,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from '#webauthn/software-authenticator.ts';
export { type PlatformFormat, vouchedAs } from '#webauthn/statements.ts';
