import { hash } from 'node:crypto';
import { type Clock, DomainError, systemClock } from '@bank/domain';
import { LRUCache } from 'lru-cache';
import { type ApprovalClaims, type ApprovalDemand, readApprovalClaims } from '#approval/claims.ts';
import { KeySet } from '#jwks/key-set.ts';
import { createHttpJwksSource, type JwksSource } from '#jwks/source.ts';
import type { FeedLogger, RevocationFeed } from '#revocation/feed.ts';
import type { AccessClaims } from '#token/access-claims.ts';
import { type ClaimRules, readClaims } from '#token/claims.ts';
import { readHeader, readPayload, type TokenType } from '#token/compact.ts';
import { isSignedBy } from '#token/signature.ts';
import { readTransactionClaims, type TransactionClaims } from '#transaction/claims.ts';

/** What a verifier goes by, but for where the keys come from. */
export interface VerifierSettings {
  /** Compared exactly with `iss`. */
  issuer: string;
  /** The values of `aud` that this service takes. */
  audiences: readonly string[];
  /** Tells what was revoked. The verifier starts and stops it. */
  feed: RevocationFeed;
  /** The system's, unless said. */
  clock?: Clock;
  /** Hears when keys cannot be read. */
  logger?: FeedLogger;
  /** How many verified tokens are remembered; 50,000 unless said. */
  cacheMax?: number;
  /** How far clocks may be apart, 0 to 10 seconds; 10 unless said. */
  skewSeconds?: number;
  /** The longest life a token may have, 900 unless said: no longer than revocations are kept. */
  lifeSecondsMax?: number;
}

/**
 * Keys come from the issuer's JWKS address (`https:`, or `http:` on this machine), or from a source of one's own, such as
 * `AuthService.ListPublicKeys` of the User Service over mutual TLS.
 */
export type VerifierOptions = VerifierSettings & ({ jwksUrl: string } | { jwks: JwksSource });

/** Tells what a token says, when it is good. */
export interface Verifier {
  /**
   * The claims of a live access token. With `audience` only that one of the allowed audiences will do. A token bound to
   * a DPoP key (`cnf`) is not proven to be its holder's: the caller checks the proof.
   * @throws auth.token.invalid whatever is wrong with the token; `reason` says what, for the log
   * @throws service.unavailable when it cannot be known: revocations not current, keys not readable
   */
  verify(token: string, options?: { audience?: string }): Promise<AccessClaims>;
  /**
   * The claims of a request that `auth` signed for its maker (`typ: approval+jwt`), when it is for exactly this action and
   * payload. Revocations of sessions do not concern it (what the maker is now, the caller has to find out), those of keys do.
   * @throws approval.invalid whatever is wrong with it; approval.expired when only its time is over
   * @throws service.unavailable when the keys cannot be read
   */
  verifyApproval(approval: string, demand: ApprovalDemand): Promise<ApprovalClaims>;
  /**
   * The claims of what a person has approved (`typ: txn+jwt`). Only `auth` knows whether it was used already: whoever executes
   * it asks `AuthService.ConsumeTransactionToken`.
   * @throws transaction.not_approved whatever is wrong with it
   * @throws service.unavailable when the keys cannot be read
   */
  verifyTransaction(token: string): Promise<TransactionClaims>;
  /** Reads the keys and starts the feed. Resolves also when either failed: `ping` tells. */
  start(): Promise<void>;
  /** Stops the feed and forgets verified tokens; nothing can be verified after it. */
  stop(): Promise<void>;
  /** @throws Error while tokens cannot be verified; the readiness check of a service. */
  ping(): Promise<void>;
}

interface Verified {
  readonly kid: string;
  readonly claims: AccessClaims;
  readonly keyGeneration: number;
}

/** Longer tokens are refused before anything is done with them (SR-57). */
const tokenLengthMax = 4096;

/**
 * Verifies access tokens locally (SR-46, SR-52 to SR-59): signature, form, claims, revocation, with no call per request.
 * @throws RangeError for a `skewSeconds` out of its range, and for a `jwksUrl` of plain HTTP to another machine
 */
export function createVerifier(options: VerifierOptions): Verifier {
  return new LocalVerifier(options);
}

class LocalVerifier implements Verifier {
  readonly #keys: KeySet;
  readonly #feed: RevocationFeed;
  readonly #clock: Clock;
  readonly #rules: ClaimRules;
  readonly #verified: LRUCache<string, Verified>;
  #keysRevoked = 0;

  constructor(options: VerifierOptions) {
    const {
      issuer,
      audiences,
      feed,
      clock = systemClock,
      cacheMax = 50_000,
      skewSeconds = 10,
      lifeSecondsMax = 900,
    } = options;
    if (!(skewSeconds >= 0 && skewSeconds <= 10)) throw new RangeError('skewSeconds must be 0 to 10');
    this.#feed = feed;
    this.#clock = clock;
    this.#rules = { issuer, audiences: new Set(audiences), skewSeconds, lifeSecondsMax };
    this.#verified = new LRUCache({ max: cacheMax });
    this.#keys = new KeySet({
      source: 'jwks' in options ? options.jwks : createHttpJwksSource(options.jwksUrl),
      clock,
      onFailure: (error) => options.logger?.warn({ err: error }, 'public keys of the token issuer cannot be read'),
    });
  }

  async verify(token: string, options: { audience?: string } = {}): Promise<AccessClaims> {
    if (token.length > tokenLengthMax) throw invalid('length');
    if (!this.#feed.isCurrent()) await this.#feedSettles();
    // The hash, not the token, so that a dump of the memory holds no usable credential.
    const cacheKey = hash('sha256', token, 'base64');
    const { claims, kid } = this.#remembered(cacheKey) ?? (await this.#check(token, cacheKey));
    if (options.audience !== undefined && claims.aud !== options.audience) throw invalid('aud');
    // Checking took its time: what the feed says now counts, and nothing is awaited after this.
    if (!this.#feed.isCurrent()) throw notCurrent();
    if (this.#feed.isRevoked(claims)) throw invalid('revoked');
    if (this.#feed.isKeyRevoked(kid)) throw invalid('revoked key');
    return claims;
  }

  async verifyApproval(approval: string, demand: ApprovalDemand): Promise<ApprovalClaims> {
    if (approval.length > tokenLengthMax) throw unapproved('length');
    this.#refreshKeys();
    const { payload, kid } = await this.#open(approval, 'approval+jwt', unapproved);
    if (!this.#feed.isCurrent()) await this.#feedSettles();
    if (this.#feed.isKeyRevoked(kid)) throw unapproved('revoked key');
    const claims = readApprovalClaims(payload, demand, this.#rules, this.#nowSeconds());
    if (claims === 'expired') throw new DomainError('approval.expired');
    if (typeof claims === 'string') throw unapproved(claims);
    return claims;
  }

  async verifyTransaction(token: string): Promise<TransactionClaims> {
    if (token.length > tokenLengthMax) throw notApproved('length');
    this.#refreshKeys();
    const { payload, kid } = await this.#open(token, 'txn+jwt', notApproved);
    if (!this.#feed.isCurrent()) await this.#feedSettles();
    if (this.#feed.isKeyRevoked(kid)) throw notApproved('revoked key');
    const claims = readTransactionClaims(payload, this.#rules, this.#nowSeconds());
    if (typeof claims === 'string') throw notApproved(claims);
    return claims;
  }

  async start(): Promise<void> {
    await Promise.all([this.#keys.refresh(), this.#feed.start()]);
  }

  async stop(): Promise<void> {
    await this.#feed.stop();
    this.#verified.clear();
  }

  async ping(): Promise<void> {
    if (!this.#keys.isLoaded) await this.#keys.refresh();
    if (!this.#keys.isLoaded) throw new Error('public keys of the token issuer are not known');
    await this.#feed.ping();
  }

  async #feedSettles(): Promise<void> {
    await this.#feed.settled();
    if (!this.#feed.isCurrent()) throw notCurrent();
  }

  /** Keys that have reached their age are read again, and those of before a revocation at once. */
  #refreshKeys(): void {
    if (this.#feed.keysRevoked !== this.#keysRevoked) {
      this.#keysRevoked = this.#feed.keysRevoked;
      this.#keys.expectChange();
    }
    this.#keys.refreshIfOld();
  }

  #remembered(cacheKey: string): Verified | undefined {
    this.#refreshKeys();
    const entry = this.#verified.get(cacheKey);
    if (entry === undefined) return undefined;
    const alive = entry.claims.exp + this.#rules.skewSeconds > this.#nowSeconds();
    if (alive && entry.keyGeneration === this.#keys.generation) return entry;
    this.#verified.delete(cacheKey);
    return undefined;
  }

  async #check(token: string, cacheKey: string): Promise<Verified> {
    const { payload, kid, keyGeneration } = await this.#open(token, 'at+jwt', invalid);
    const claims = readClaims(payload, this.#rules, this.#nowSeconds());
    if (typeof claims === 'string') throw invalid(claims);
    const verified = { claims, kid, keyGeneration };
    this.#verified.set(cacheKey, verified);
    return verified;
  }

  /** The payload of a token of that type, once header, key and signature are right. */
  async #open(
    token: string,
    type: TokenType,
    refusal: Refusal,
  ): Promise<{ payload: Record<string, unknown>; kid: string; keyGeneration: number }> {
    const header = readHeader(token, type);
    if (header === undefined) throw refusal('header');
    // It is not public any more, and may be missing there for no other reason.
    if (this.#feed.isKeyRevoked(header.kid)) throw refusal('revoked key');
    const key = await this.#keys.find(header.kid);
    // The algorithm is the key's, not the token's choice (RFC 8725 §3.1).
    if (key === undefined || key.algorithm !== header.algorithm) throw refusal('kid');
    if (!isSignedBy(key, token)) throw refusal('signature');
    const payload = readPayload(token);
    if (payload === undefined) throw refusal('payload');
    return { payload, kid: key.kid, keyGeneration: this.#keys.generation };
  }

  #nowSeconds(): number {
    return this.#clock.now().getTime() / 1000;
  }
}

type Refusal = (reason: string) => DomainError;

function invalid(reason: string): DomainError {
  return new DomainError('auth.token.invalid', { reason });
}

function unapproved(reason: string): DomainError {
  return new DomainError('approval.invalid', { reason });
}

function notApproved(reason: string): DomainError {
  return new DomainError('transaction.not_approved', { reason });
}

function notCurrent(): DomainError {
  return new DomainError('service.unavailable', {
    reason: 'revocations are not current',
    details: { retryAfterSeconds: 1 },
  });
}
