import type { JsonObject } from '@bank/domain';
import { audiences, systemClock, uuidv7 } from '@bank/domain';
import { generateSigningKey, publicJwk, signJwt } from '@bank/security';
import type { ProofChecker, RevocationMessage, Verifier } from '@bank/verifier';
import { createMemoryReplayStore, createProofChecker, createRevocationFeed, createVerifier } from '@bank/verifier';

export interface Tokens {
  readonly verifier: Verifier;
  /** An access token that is good for a customer, with what is given on top. */
  mint(claims?: JsonObject): string;
  headers(claims?: JsonObject): Record<string, string>;
}

const issuer = 'https://bank.test';
const heartbeatMs = 500;
const silent = { info: () => undefined, warn: () => undefined };

/** A real verifier over a key made here; no revocations, but a heartbeat that says so. */
export function testTokens(): Tokens {
  const key = generateSigningKey('test-key');
  const nothingRevoked: RevocationMessage = { epoch: 1, number: 0, entries: [] };
  const feed = createRevocationFeed({
    clock: systemClock,
    logger: silent,
    refill: async () => nothingRevoked,
    channel: {
      subscribe: async (onMessage) => {
        const beat = setInterval(() => onMessage(nothingRevoked), heartbeatMs).unref();
        return async () => clearInterval(beat);
      },
    },
  });
  const verifier = createVerifier({
    issuer,
    audiences: Object.values(audiences),
    feed,
    clock: systemClock,
    jwks: { load: async () => ({ document: { keys: [publicJwk(key)] } }) },
  });
  const mint = (claims: JsonObject = {}) => signJwt(key, 'at+jwt', { ...customer(), ...claims });
  return { verifier, mint, headers: (claims) => ({ authorization: `Bearer ${mint(claims)}` }) };
}

/** Checks proofs for `https://api.bank.test`; the nonce is always the same. */
export function testProofs(): ProofChecker {
  return createProofChecker({
    origins: ['https://api.bank.test'],
    replays: createMemoryReplayStore(),
    nonces: { current: () => 'the-nonce', accepts: (nonce) => nonce === 'the-nonce' },
    clock: systemClock,
  });
}

function customer(): JsonObject {
  const now = Date.now() / 1000;
  return {
    iss: issuer,
    aud: audiences.customers,
    sub: uuidv7(),
    sid: uuidv7(),
    jti: uuidv7(),
    iat: now,
    exp: now + 300,
    auth_time: now - 10,
    acr: 'aal1',
    amr: ['pwd', 'device'],
    roles: ['customer'],
  };
}
