import { type Clock, DomainError } from '@bank/domain';
import { parseJwks, type VerificationKey } from '#jwks/document.ts';
import type { JwksSource } from '#jwks/source.ts';

export interface KeySetOptions {
  source: JwksSource;
  clock: Clock;
  /** Called when the source fails; the keys that are known stay in use. */
  onFailure?: (error: unknown) => void;
  /** At most one refresh for unknown key ids in this time; a tenth of it while another key is expected. */
  refreshEveryMs?: number;
  timeoutMs?: number;
}

const maxAgeDefaultMs = 5 * 60_000;
/** How long after a key was revoked its successor may be unknown to some replica of the issuer. */
const expectMs = 10_000;
const maxAgeBoundsMs = [30_000, 60 * 60_000] as const;

/**
 * The issuer's public keys by id. Kept as long as the source allows; old keys are served while new ones are fetched, and
 * also when that fails. An unknown id refreshes at most once per `refreshEveryMs`, however many ask (single flight).
 */
export class KeySet {
  readonly #options: Required<KeySetOptions>;
  #keys: ReadonlyMap<string, VerificationKey> | undefined;
  #generation = 0;
  #freshUntil = 0;
  #triedAt: number | undefined;
  #expectedUntil = 0;
  #lastFailed = false;
  #refreshing: Promise<void> | undefined;

  constructor(options: KeySetOptions) {
    this.#options = { onFailure: () => undefined, refreshEveryMs: 5000, timeoutMs: 3000, ...options };
  }

  /** Grows each time a key was withdrawn or exchanged: what was verified before has to be verified again. */
  get generation(): number {
    return this.#generation;
  }

  get isLoaded(): boolean {
    return this.#keys !== undefined;
  }

  /**
   * The key of that id. Undefined when the issuer has none.
   * @throws service.unavailable when that cannot be told: the issuer cannot be asked, or a new key of it may not be public
   * everywhere yet. At other times an unknown id is none, also while it may not be asked for again: who makes ids up would
   * otherwise choose when this service answers that it fails, and a key is public long before it signs.
   */
  async find(kid: string): Promise<VerificationKey | undefined> {
    this.refreshIfOld();
    const known = this.#keys?.get(kid);
    if (known !== undefined) return known;
    if (this.#refreshing !== undefined || this.#mayTry()) await this.refresh();
    const found = this.#keys?.get(kid);
    if (found === undefined && (this.#keys === undefined || this.#lastFailed || this.#isChangeExpected())) {
      throw new DomainError('service.unavailable', {
        reason: 'the keys of the token issuer are not known',
        details: { retryAfterSeconds: 1 },
      });
    }
    return found;
  }

  /** Starts a refresh in the background when the keys have reached their age. */
  refreshIfOld(): void {
    if (this.#keys !== undefined && this.#now() >= this.#freshUntil && this.#mayTry()) void this.refresh();
  }

  /** Says that the issuer exchanged a key at once: whatever is known may be old, and unknown ids are worth asking for. */
  expectChange(): void {
    this.#expectedUntil = this.#now() + expectMs;
    this.#triedAt = undefined;
    this.#freshUntil = 0;
  }

  /** Reads the source once; joins a reading that is under way. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#load().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  #mayTry(): boolean {
    if (this.#triedAt === undefined) return true;
    const elapsed = this.#now() - this.#triedAt;
    const { refreshEveryMs } = this.#options;
    return elapsed < 0 || elapsed >= (this.#isChangeExpected() ? refreshEveryMs / 10 : refreshEveryMs);
  }

  #isChangeExpected(): boolean {
    return this.#now() < this.#expectedUntil;
  }

  async #load(): Promise<void> {
    this.#triedAt = this.#now();
    try {
      const { document, maxAgeSeconds } = await this.#options.source.load(AbortSignal.timeout(this.#options.timeoutMs));
      this.#replace(await parseJwks(document));
      const [minMs, maxMs] = maxAgeBoundsMs;
      const ageMs = maxAgeSeconds === undefined ? maxAgeDefaultMs : maxAgeSeconds * 1000;
      this.#freshUntil = this.#now() + Math.min(maxMs, Math.max(minMs, ageMs));
      this.#lastFailed = false;
    } catch (error) {
      this.#lastFailed = true;
      this.#options.onFailure(error);
    }
  }

  #replace(keys: ReadonlyMap<string, VerificationKey>): void {
    for (const [kid, { fingerprint }] of this.#keys ?? []) {
      if (keys.get(kid)?.fingerprint !== fingerprint) this.#generation += 1;
    }
    this.#keys = keys;
  }
}
