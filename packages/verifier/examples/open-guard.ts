import {
  createGuard,
  createMemoryReplayStore,
  createProofChecker,
  createProofNonces,
  createRefill,
  createRevocationFeed,
  createVerifier,
  type Guard,
  type ListRevocations,
  type RevocationChannel,
  readRevocationMessage,
  type Verifier,
} from '@bank/verifier';
import type { Redis } from 'ioredis';

export interface Settings {
  /** Of the User Service: `https://id.bank.example`. */
  readonly issuer: string;
  /** `https://id.bank.example/.well-known/jwks.json`: by `https:`, or whoever answers instead would issue tokens. */
  readonly jwksUrl: string;
  /** Of this service: what tokens for it say in `aud`, and where its clients reach it. */
  readonly audience: string;
  readonly origins: readonly string[];
  /** At least 32 random bytes, the same in every process of this service. */
  readonly nonceSecret: Uint8Array;
}

/** A guard for a service, from a connection to the User Service's Redis and a client of its `AuthService`. */
export async function openGuard(
  { issuer, jwksUrl, audience, origins, nonceSecret }: Settings,
  channel: Pick<RevocationChannel, 'subscribe'>,
  listRevocations: ListRevocations,
): Promise<{ guard: Guard; verifier: Verifier }> {
  const logger = console;
  const feed = createRevocationFeed({ channel, refill: createRefill(listRevocations), logger });
  const verifier = createVerifier({ issuer, jwksUrl, audiences: [audience], feed, logger });
  const nonces = createProofNonces(nonceSecret);
  const proofs = createProofChecker({ origins, replays: createMemoryReplayStore(), nonces });
  await verifier.start(); // its `ping` is for the readiness check, its `stop` for the end of the process
  return { guard: createGuard({ verifier, proofs, realm: audience }), verifier };
}

/** The channel that revocations are pushed through. `redis` is a connection for this alone. */
export function redisChannel(redis: Redis, name: string): Pick<RevocationChannel, 'subscribe'> {
  return {
    async subscribe(onMessage, onDisconnect) {
      const read = (_name: string, text: string) => {
        const message = readRevocationMessage(text);
        if (message !== undefined) onMessage(message);
      };
      redis.on('close', onDisconnect).on('message', read);
      try {
        await redis.subscribe(name);
      } catch (error) {
        redis.off('close', onDisconnect).off('message', read); // it is called again, for as long as Redis stays away
        throw error;
      }
      return async () => redis.disconnect();
    },
  };
}
