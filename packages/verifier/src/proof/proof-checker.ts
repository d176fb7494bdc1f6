import { hash } from 'node:crypto';
import { type Clock, DomainError, systemClock } from '@bank/domain';
import {
  type BoundToken,
  isForRequest,
  isForToken,
  issuedAt,
  type ProofDemand,
  type ProofTimes,
  proofId,
} from '#proof/claims.ts';
import { readProof, type SignedProof } from '#proof/read-proof.ts';

/** Remembers what was used, for all processes of a service. */
export interface ReplayStore {
  /** Whether nobody has claimed this key in the time it is kept; the first of several at once is the only one. */
  claim(key: string, keptSeconds: number): Promise<boolean>;
}

/** Values that a client must put into its proofs, so that none can be made ahead of its time (RFC 9449 §8). */
export interface ProofNonces {
  /** What the next proof must hold. */
  current(now: Date): string;
  /** Whether a proof that holds this is still taken. */
  accepts(nonce: string, now: Date): boolean;
}

/** What proofs are held against. A proof may be 60 s old, and its clock 10 s ahead, unless said. */
export interface ProofCheckerOptions extends Partial<ProofTimes> {
  /**
   * Where clients reach the service, by configuration and never by what a request says: `https://api.bank.example`. One at
   * least, each as an origin is written (RFC 6454 §6.2): lower case, no path, no default port.
   */
  readonly origins: readonly string[];
  /** Where used proofs are noted. */
  readonly replays: ReplayStore;
  /** Without them no nonce is asked for, and one that is there is not looked at. */
  readonly nonces?: ProofNonces;
  /** The system's, unless said. */
  readonly clock?: Clock;
}

/** Who made a proof. */
export interface Proven {
  /** Thumbprint of the maker's key. */
  readonly jkt: string;
}

/** Checks proofs of possession, and uses them up. */
export interface ProofChecker {
  /**
   * Checks the proof of a request (RFC 9449 §4.3) and uses it up. The value of the `DPoP` header, as it came.
   * @throws auth.proof.invalid whatever is wrong with it; `reason` says what, for the log
   * @throws auth.proof.nonce_required when only the nonce is missing or old
   */
  check(proof: string, demand: ProofDemand): Promise<Proven>;
  /**
   * Checks the proof of a request that another service received, checked and used up, and now makes calls for: that the holder
   * of the token made it, for this token, and not long ago. @throws auth.proof.invalid
   */
  checkForwarded(proof: string, bound: BoundToken): Proven;
  /** What the header `DPoP-Nonce` says now; undefined where none is asked for. */
  nonce(): string | undefined;
}

/** How much longer than the request itself a call that is made for it may take to arrive. */
const forwardingSeconds = 60;

/**
 * How much the clocks of two processes may differ without an alarm: each 5 s from the database's. One whose clock is behind takes
 * a proof for so much longer than one whose clock is ahead keeps it.
 */
const processSkewSeconds = 10;

/**
 * Checks proofs of possession of a key (DPoP, RFC 9449; SR-60). Two signatures at most, and one look at the replay store.
 * @throws RangeError for no origins, or one that is not written as an origin, which no proof would ever be for
 */
export function createProofChecker(options: ProofCheckerOptions): ProofChecker {
  const { replays, nonces, clock = systemClock, ageSecondsMax = 60, skewSeconds = 10 } = options;
  const origins = readOrigins(options.origins);
  const times = { ageSecondsMax, skewSeconds };
  return {
    async check(proof, demand) {
      const now = clock.now();
      const signed = open(proof);
      const id = proofId(signed);
      if (id === undefined) throw refused('jti');
      const madeAt = issuedAt(signed, times, secondsOf(now));
      if (madeAt === undefined) throw refused('iat');
      if (!isForRequest(signed, demand, origins)) throw refused('htm or htu');
      if (demand.bound !== undefined && !isForToken(signed, demand.bound)) throw refused('ath or key');
      requireNonce(nonces, signed, now);
      // Last, so that only a proof that is right in everything else is used up.
      const keptSeconds = Math.ceil(madeAt + ageSecondsMax - secondsOf(now)) + 1 + processSkewSeconds;
      const key = hash('sha256', `${signed.jkt}.${id}`, 'base64url');
      if (!(await replays.claim(key, keptSeconds))) throw refused('replayed');
      return { jkt: signed.jkt };
    },
    checkForwarded(proof, bound) {
      const signed = open(proof);
      const window = { skewSeconds, ageSecondsMax: ageSecondsMax + forwardingSeconds };
      if (issuedAt(signed, window, secondsOf(clock.now())) === undefined) throw refused('iat');
      if (!isForToken(signed, bound)) throw refused('ath or key');
      return { jkt: signed.jkt };
    },
    nonce: () => nonces?.current(clock.now()),
  };
}

/** Compared as text with what a proof names: one in another spelling would refuse every proof, as if clients were at fault. */
function readOrigins(origins: readonly string[]): ReadonlySet<string> {
  if (origins.length === 0) throw new RangeError('a service has an origin at least that its proofs are for');
  const wrong = origins.find((origin) => URL.parse(origin)?.origin !== origin);
  if (wrong !== undefined) throw new RangeError(`no origin: ${wrong}, where https://api.bank.example would be one`);
  return new Set(origins);
}

function open(proof: string): SignedProof {
  const signed = readProof(proof);
  if (typeof signed === 'string') throw refused(signed);
  return signed;
}

function requireNonce(nonces: ProofNonces | undefined, { claims }: SignedProof, now: Date): void {
  const { nonce } = claims;
  if (nonces === undefined || (typeof nonce === 'string' && nonces.accepts(nonce, now))) return;
  throw new DomainError('auth.proof.nonce_required', { reason: nonce === undefined ? 'no nonce' : 'an old nonce' });
}

function secondsOf(date: Date): number {
  return date.getTime() / 1000;
}

function refused(reason: string): DomainError {
  return new DomainError('auth.proof.invalid', { reason });
}
