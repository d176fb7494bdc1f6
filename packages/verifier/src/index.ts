export type { ApprovalClaims, ApprovalDemand } from '#approval/claims.ts';
export { createHttpJwksSource, type JwksAnswer, type JwksSource } from '#jwks/source.ts';
export type { BoundToken, ProofDemand } from '#proof/claims.ts';
export { type ProofKey, proofAlgorithms, readPublicKey } from '#proof/key.ts';
export { createMemoryReplayStore } from '#proof/memory-replay-store.ts';
export {
  createProofChecker,
  type ProofChecker,
  type ProofCheckerOptions,
  type ProofNonces,
  type Proven,
  type ReplayStore,
} from '#proof/proof-checker.ts';
export {
  createRevocationFeed,
  type FeedLogger,
  type RevocationFeed,
  type RevocationFeedOptions,
} from '#revocation/feed.ts';
export {
  parseRevocationMessage,
  type RevocationChannel,
  type RevocationEntry,
  type RevocationMessage,
} from '#revocation/message.ts';
export type { AccessClaims } from '#token/access-claims.ts';
export { isSignatureOf } from '#token/signature.ts';
export { createVerifier, type Verifier, type VerifierOptions } from '#verifier.ts';
