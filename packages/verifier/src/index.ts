export {
  type ApprovalAction,
  type AssuranceLevel,
  type Clock,
  DomainError,
  type DomainErrorOptions,
  type ErrorCode,
  type ErrorDetails,
  type ErrorKind,
  type Role,
  type UserId,
} from '@bank/domain';
export type { ApprovalClaims, ApprovalDemand } from '#approval/claims.ts';
export { type ChallengeTerms, challengeOf } from '#guard/challenge.ts';
export {
  type Admitted,
  createGuard,
  type Demand,
  type Guard,
  type GuardOptions,
  type Problem,
  type Refused,
} from '#guard/guard.ts';
export { boundToken, type PresentedToken, presentedToken } from '#guard/presented-token.ts';
export type { GuardedRequest, HeaderFields } from '#guard/request.ts';
export { createHttpJwksSource, type JwksAnswer, type JwksSource } from '#jwks/source.ts';
export type { BoundToken, ProofDemand, ProofTimes } from '#proof/claims.ts';
export { type ProofKey, readPublicKey } from '#proof/key.ts';
export { createMemoryReplayStore } from '#proof/memory-replay-store.ts';
export { createProofNonces } from '#proof/nonces.ts';
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
  type FeedPlace,
  type RefillPage,
  type RevocationChannel,
  type RevocationEntry,
  type RevocationMessage,
  readRevocationMessage,
} from '#revocation/message.ts';
export { createRefill, type ListedRevocation, type ListRevocations, type RevocationPage } from '#revocation/refill.ts';
export type { AccessClaims } from '#token/access-claims.ts';
export { isSignatureOf } from '#token/signature.ts';
export type { TransactionClaims } from '#transaction/claims.ts';
export { createVerifier, type Verifier, type VerifierOptions, type VerifierSettings } from '#verifier.ts';
