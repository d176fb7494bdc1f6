export { approvalDigest, canonicalDigest } from '#approval/digest.ts';
export type { FilterBuilder, FilterBuilderOptions, HashWords } from '#breached/build-filter.ts';
export { createFilterBuilder } from '#breached/build-filter.ts';
export { PasswordFilterInvalid } from '#breached/filter-format.ts';
export type { FingerprintBits } from '#breached/fuse-table.ts';
export type { BreachedPasswords } from '#breached/open-filter.ts';
export { openBreachedPasswords } from '#breached/open-filter.ts';
export type { FirebaseParameters, ForeignHash, ForeignHashProblem } from '#foreign/foreign-hash.ts';
export { readForeignHash } from '#foreign/foreign-hash.ts';
export { fromBase64Url, sameBytes, toBase64Url } from '#keys/bytes.ts';
export type { KeyContext, KeyManagement } from '#keys/key-management.ts';
export { KeyManagementFailed } from '#keys/key-management.ts';
export { developmentKeyMarker } from '#keys/key-strength.ts';
export type { BlindIndexEntry } from '#keys/keyed-hash.ts';
export { blindIndex, keyedHash } from '#keys/keyed-hash.ts';
export type { Key, Keyring } from '#keys/keyring.ts';
export { KeyringInvalid, staticKeyring } from '#keys/keyring.ts';
export type { KeyringFileOptions } from '#keys/keyring-file.ts';
export { openKeyring } from '#keys/keyring-file.ts';
export type { WrappedKeyringOptions } from '#keys/wrapped-keyring.ts';
export { isWrappedKeyring, openWrappedKeyring } from '#keys/wrapped-keyring.ts';
export type { TotpAttempt } from '#otp/one-time-password.ts';
export {
  findDistantStep,
  generateCode,
  hotp,
  stepsAhead,
  verifyTotp,
} from '#otp/one-time-password.ts';
export { codeHashes, hashCode, matchesCode } from '#otp/short-code.ts';
export { encodeTotpSecret, generateTotpSecret, totpKeyUri } from '#otp/totp-secret.ts';
export { isCommonPassword } from '#password/common-passwords.ts';
export type { PasswordHasher, PasswordHasherOptions } from '#password/password-hasher.ts';
export { createPasswordHasher, defaultArgon2Parameters } from '#password/password-hasher.ts';
export type { Argon2Parameters } from '#password/stored-hash.ts';
export type { WorkQueueStats } from '#password/work-queue.ts';
export { open, openWith, SealBroken, seal, sealedKeyId, sealWith } from '#sealing/seal.ts';
export type { MintedToken, ReadToken } from '#tokens/bearer-token.ts';
export { mintToken, readToken, tokenSecretBytes } from '#tokens/bearer-token.ts';
export type { CursorCodec } from '#tokens/cursor.ts';
export { createCursorCodec } from '#tokens/cursor.ts';
export type { NonceSource } from '#tokens/proof-nonce.ts';
export { createNonceSource } from '#tokens/proof-nonce.ts';
export type { SignedCall } from '#tokens/signed-call.ts';
export { isRecentCall, signedCallDigest } from '#tokens/signed-call.ts';
export type { PublicJwk, SigningKey } from '#tokens/signing-key.ts';
export { exportSealed, generateSigningKey, importSealed, publicJwk, signJwt } from '#tokens/signing-key.ts';
export type { SuccessorInput, SuccessorSecret } from '#tokens/successor-secret.ts';
export { successorNonceBytes, successorSecret } from '#tokens/successor-secret.ts';
