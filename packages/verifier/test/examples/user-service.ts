import { randomUUID } from 'node:crypto';
import { type TestHttpServer, testHttpServer } from '@bank/testing';
import {
  createGuard,
  createMemoryReplayStore,
  createProofChecker,
  createProofNonces,
  createRevocationFeed,
  createVerifier,
  type Guard,
  type RevocationEntry,
  type RevocationMessage,
} from '#index.ts';
import { claimsAt, issuerName, jwkOf, newKey, tokenOf } from '../issuer.ts';

/** Where clients reach the services of these tests, as behind a gateway. */
export const publicOrigin = 'https://payments.bank.example';

const silent = { info: () => undefined, warn: () => undefined };

/** The User Service as a service outside of the repository sees it: keys over HTTP, pushed revocations, and tokens of its users. */
export class UserService {
  readonly guard: Guard;
  /** While it is false, nobody can ask for revocations. */
  refillWorks = true;
  readonly #key;
  readonly #entries: RevocationEntry[] = [];
  readonly #jwks: TestHttpServer;
  readonly #verifier;
  #push: (message: RevocationMessage) => void = () => undefined;
  #disconnect: () => void = () => undefined;

  static async start(): Promise<UserService> {
    const key = newKey('k1');
    const jwks = await testHttpServer(() => ({ status: 200, body: { keys: [jwkOf(key)] } }));
    const service = new UserService(key, jwks);
    await service.#verifier.start();
    return service;
  }

  private constructor(key: ReturnType<typeof newKey>, jwks: TestHttpServer) {
    this.#key = key;
    this.#jwks = jwks;
    const feed = createRevocationFeed({
      channel: {
        subscribe: async (onMessage, onDisconnect) => {
          this.#push = onMessage;
          this.#disconnect = onDisconnect;
          return async () => undefined;
        },
      },
      refill: async () => {
        if (!this.refillWorks) throw new Error('away');
        return this.#message(this.#entries);
      },
      logger: silent,
    });
    const jwksUrl = `${jwks.url}/.well-known/jwks.json`;
    this.#verifier = createVerifier({ issuer: issuerName, jwksUrl, audiences: ['payments'], feed, logger: silent });
    const nonces = createProofNonces(new Uint8Array(32).fill(7));
    const proofs = createProofChecker({ origins: [publicOrigin], replays: createMemoryReplayStore(), nonces });
    this.guard = createGuard({ verifier: this.#verifier, proofs, realm: 'payments' });
  }

  /** A token for payments, with claims as the test wants them. */
  token(claims: Readonly<Record<string, unknown>> = {}): string {
    const usual = { ...claimsAt(Date.now()), aud: 'payments', sid: randomUUID() };
    return tokenOf(this.#key, { claims: { ...usual, ...claims } });
  }

  /** Revokes a session, and pushes that. */
  revoke(sid: string): void {
    const [notBefore, expiresAt] = [Date.now(), Date.now() + 600_000];
    const entry = { number: this.#entries.length + 1, sid, notBefore, expiresAt };
    this.#entries.push(entry);
    this.#push(this.#message([entry]));
  }

  /** Loses the connection that revocations are pushed through. */
  disconnect(): void {
    this.#disconnect();
  }

  async stop(): Promise<void> {
    await this.#verifier.stop();
    await this.#jwks.close();
  }

  #message(entries: readonly RevocationEntry[]): RevocationMessage {
    return { epoch: 1, number: this.#entries.length, entries };
  }
}
