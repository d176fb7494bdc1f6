import type { Clock } from '@bank/domain';
import type { Logger } from '@bank/observability';
import { createReplayStore, type RedisConnection } from '@bank/redis';
import { createNonceSource } from '@bank/security';
import type { BaseConfig } from '@bank/service-kit';
import { createProofChecker, type ProofChecker } from '@bank/verifier';
import type { KeyringFolder } from '#keys/keyrings.ts';

interface ProofParts {
  readonly clock: Clock;
  readonly keyrings: KeyringFolder;
  readonly logger: Logger;
  readonly redis: RedisConnection;
}

/**
 * Checks proofs of possession of clients that reach any app under the same addresses: all apps hold the same key of nonces, and
 * what one has used up is used up for all (SR-60). @throws KeyringInvalid
 */
export function openProofChecker(config: BaseConfig, { clock, keyrings, logger, redis }: ProofParts): ProofChecker {
  const { API_ORIGINS, TOKEN_ISSUER } = config;
  return createProofChecker({
    origins: API_ORIGINS.length > 0 ? API_ORIGINS : [new URL(TOKEN_ISSUER).origin],
    replays: createReplayStore(redis, { logger }),
    nonces: createNonceSource(keyrings.open('proof-nonce')),
    clock,
  });
}
