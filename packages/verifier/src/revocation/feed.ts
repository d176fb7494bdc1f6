import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, systemClock } from '@bank/domain';
import type { FeedPlace, RefillPage, RevocationChannel, RevocationMessage } from '#revocation/message.ts';
import { RevocationState } from '#revocation/state.ts';

/** Where the feed reports, fields first; `console` and pino fit. */
export interface FeedLogger {
  /** What happens now and then in a healthy process. */
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** What somebody should look at when it goes on. */
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What a feed stands on: a channel that pushes, and a way to ask for what it lost. */
export interface RevocationFeedOptions {
  channel: Pick<RevocationChannel, 'subscribe'>;
  /**
   * Asks the publisher for a page of the live entries after a place; of another epoch than the publisher's, from the
   * beginning. It is called again for as long as a page says `hasMore`. After `refillTimeoutMs` nobody waits for the page any
   * more, and `signal` ends the question.
   */
  refill(since: FeedPlace, signal: AbortSignal): Promise<RefillPage>;
  /** The system's, unless said. */
  clock?: Clock;
  logger: FeedLogger;
  /** How long without a heartbeat before what is known counts as old; 5000 unless said. */
  silenceMs?: number;
  /** How long one page of a refill may take, and for how long a refill is waited for; 2000 unless said. */
  refillTimeoutMs?: number;
}

/** What was revoked, as far as this process knows, and whether that is all of it. */
export interface RevocationFeed {
  /** Subscribes and refills; resolves when the first refill has succeeded, failed or takes its time. Never rejects. */
  start(): Promise<void>;
  /** Ends the subscription; the feed is not current after it. */
  stop(): Promise<void>;
  /** Whether every revocation that was published is known here. */
  isCurrent(): boolean;
  /**
   * Resolves at once while current; else when the refill that is under way has ended, or has gone on for `refillTimeoutMs`.
   * Look at `isCurrent` afterwards.
   */
  settled(): Promise<void>;
  /** Whether a token of that session and user, issued at `iat` (epoch seconds, fractional), is void. */
  isRevoked(token: { sid: string; sub: string; iat: number }): boolean;
  /** Whether everything that the signing key of that id has signed is void, because the key was revoked. */
  isKeyRevoked(kid: string): boolean;
  /** How many keys are known to have been revoked. When it grows, the issuer has begun to sign with another. */
  readonly keysRevoked: number;
  /** @throws Error while not current; the readiness check of a service. */
  ping(): Promise<void>;
}

const retryMinMs = 50;
const retryMaxMs = 5000;
/** Before the first success: apps start together, and the publisher is ready a moment after the others. */
const retryAtStartMaxMs = 400;
const refillsAtOnceMax = 3;
const pruneEveryMs = 10_000;

/**
 * Keeps the set of revocations of this process equal to the publisher's (architecture.md, "Revocations"). Pushes and
 * heartbeats are checked for gaps; a gap, an unknown epoch, silence or a lost connection refills over RPC, and until
 * that has succeeded the feed is not current. Silence is told by the timer as well as by the clock, so that a clock
 * that is set back hides nothing.
 */
export function createRevocationFeed(options: RevocationFeedOptions): RevocationFeed {
  return new Feed(options);
}

class Feed implements RevocationFeed {
  readonly #options: Required<RevocationFeedOptions>;
  readonly #state: RevocationState;
  #refilling: Promise<void> | undefined;
  /** As `#refilling`, but no longer than a request may wait. */
  #refillAwaited: Promise<void> | undefined;
  #refillsInARow = 0;
  #silenceTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #subscribeTimer: NodeJS.Timeout | undefined;
  #pruneTimer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => Promise<void>) | undefined;
  #running = false;
  /** The channel has told that its connection is lost, and has handed over nothing since. */
  #disconnected = false;
  #refilled = false;
  #hasBeenCurrent = false;

  constructor(options: RevocationFeedOptions) {
    this.#options = { silenceMs: 5000, refillTimeoutMs: 2000, clock: systemClock, ...options };
    this.#state = new RevocationState(this.#options.silenceMs);
  }

  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#pruneTimer = setInterval(() => this.#state.prune(this.#now()), pruneEveryMs).unref();
    // A channel that cannot be reached does not hold up the start: refills alone keep the feed current.
    await Promise.race([this.#subscribe(), pause(this.#options.refillTimeoutMs, undefined, { ref: false })]);
    await this.#startRefill();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearInterval(this.#pruneTimer);
    for (const timer of [this.#silenceTimer, this.#retryTimer, this.#subscribeTimer]) clearTimeout(timer);
    await this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  isCurrent(): boolean {
    return this.#running && this.#state.isCurrent(this.#now());
  }

  async settled(): Promise<void> {
    if (this.isCurrent()) return;
    this.#lost('silence');
    await this.#refillAwaited;
  }

  isRevoked(token: { sid: string; sub: string; iat: number }): boolean {
    return this.#state.isRevoked(token);
  }

  isKeyRevoked(kid: string): boolean {
    return this.#state.isKeyRevoked(kid);
  }

  get keysRevoked(): number {
    return this.#state.keysRevoked;
  }

  async ping(): Promise<void> {
    await this.settled();
    if (!this.isCurrent()) throw new Error('revocations are not current');
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  async #subscribe(): Promise<void> {
    try {
      const unsubscribe = await this.#options.channel.subscribe(
        (message) => this.#heard(message),
        () => this.#channelLost(),
      );
      if (!this.#running) return await unsubscribe();
      this.#unsubscribe = unsubscribe;
      // Subscribed after a refill was asked: what was pushed in between has been missed.
      if (this.#refilled) this.#lost('disconnected');
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'revocation channel cannot be subscribed, trying again');
      if (!this.#running) return;
      this.#subscribeTimer = setTimeout(() => void this.#subscribe(), retryMaxMs).unref();
    }
  }

  #heard(message: RevocationMessage): void {
    this.#disconnected = false;
    if (!this.#running) return;
    const verdict = this.#state.heard(message, this.#now());
    if (verdict === 'applied') {
      this.#refillsInARow = 0;
      this.#armSilence();
    }
    if (verdict === 'gap') this.#lost('gap');
  }

  /**
   * Counts once: a connection that fails to come back has nothing new to miss, however often it is tried. One that is
   * lost again before anything came through it is told by silence, as one that stays away is.
   */
  #channelLost(): void {
    if (this.#disconnected) return;
    this.#disconnected = true;
    this.#lost('disconnected');
  }

  #lost(reason: 'gap' | 'silence' | 'disconnected'): void {
    if (!this.#running) return;
    // Silence is what is left when a refill already runs or waits; anything else may have made that refill's answer old.
    const refillDue = this.#refilling !== undefined || this.#retryTimer !== undefined;
    if (refillDue && reason === 'silence') return;
    this.#state.lost();
    if (refillDue) return;
    this.#options.logger.info({ reason, number: this.#state.number }, 'revocations may be missing, refilling');
    if (reason === 'silence') this.#refillsInARow = 0;
    this.#refillSoon();
  }

  /** Two refills without a healthy message between them are immediate; further ones back off, so that nothing can make them spin. */
  #refillSoon(): void {
    const maxMs = this.#hasBeenCurrent ? retryMaxMs : retryAtStartMaxMs;
    const delayMs = this.#refillsInARow < 2 ? 0 : Math.min(maxMs, retryMinMs * 2 ** this.#refillsInARow);
    if (delayMs === 0) {
      void this.#startRefill();
      return;
    }
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      void this.#startRefill();
    }, delayMs).unref();
  }

  #startRefill(): Promise<void> {
    if (this.#refillAwaited !== undefined) return this.#refillAwaited;
    this.#refillsInARow += 1;
    this.#refilled = true;
    this.#refilling = this.#refill().finally(() => {
      this.#refilling = undefined;
      this.#refillAwaited = undefined;
      if (this.#running && !this.#state.isCurrent(this.#now())) this.#refillSoon();
    });
    // Of very many revocations a refill may go on for longer, as long as each page comes in time.
    this.#refillAwaited = withDeadline(this.#refilling, this.#options.refillTimeoutMs).catch(() => undefined);
    return this.#refillAwaited;
  }

  async #refill(): Promise<void> {
    try {
      for (let round = 0; round < refillsAtOnceMax && this.#running; round += 1) {
        const verdict = await this.#refillOnce();
        if (verdict === 'current') this.#becameCurrent();
        if (verdict !== 'again') return;
      }
    } catch (error) {
      this.#state.refillFailed();
      this.#options.logger.warn({ err: error, sinceNumber: this.#state.number }, 'revocations cannot be refilled');
    }
  }

  /** Page after page, so that no more than one is held beside what is known. */
  async #refillOnce(): Promise<'current' | 'again' | 'ended'> {
    let since = this.#state.refillStarts(this.#now());
    while (this.#running) {
      const page = await this.#ask(since);
      const verdict = this.#state.refilled(page, this.#now());
      if (verdict === 'current' || verdict === 'again') return verdict;
      if (verdict !== 'more') {
        const told = verdict === 'refused' ? 'refill answered with the past' : 'refill answered what cannot be read';
        this.#options.logger.warn({ sinceNumber: since.number }, told);
        return 'ended';
      }
      since = this.#state.refillGoesOn(this.#now());
    }
    this.#state.refillFailed();
    return 'ended';
  }

  /** A question that is given up is ended, or they would pile up for as long as the publisher hangs. */
  async #ask(since: FeedPlace): Promise<RefillPage> {
    const asking = new AbortController();
    try {
      return await withDeadline(this.#options.refill(since, asking.signal), this.#options.refillTimeoutMs);
    } catch (error) {
      asking.abort(error);
      throw error;
    }
  }

  #becameCurrent(): void {
    this.#hasBeenCurrent = true;
    this.#armSilence();
  }

  #armSilence(): void {
    clearTimeout(this.#silenceTimer);
    if (!this.#running) return;
    this.#silenceTimer = setTimeout(() => this.#lost('silence'), this.#state.silentInMs(this.#now())).unref();
  }
}

function withDeadline<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('refill took too long')), timeoutMs);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
