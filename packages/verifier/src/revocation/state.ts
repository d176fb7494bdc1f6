import { RevokedEntries } from '#revocation/entries.ts';
import {
  type FeedPlace,
  parseRefillPage,
  parseRevocationMessage,
  type RefillPage,
  type RevocationMessage,
} from '#revocation/message.ts';

interface Heard {
  readonly message: RevocationMessage;
  readonly at: number;
}

interface Refill {
  since: FeedPlace;
  /** When the page that is waited for was asked: what it says is true of that moment at the earliest. */
  askedAt: number;
  /** Something was lost while it ran, so its answer may already be old. */
  tainted: boolean;
  heard: Heard[];
}

const heardDuringRefillMax = 1000;
const beginning: FeedPlace = { epoch: 0, number: 0 };

/**
 * What one process knows of the publisher's revocations, and whether that is all of it: a state machine without timers
 * and without I/O. Entries are taken in from any message of a current epoch, since a revocation known early or twice
 * does no harm; being *current* needs every number, and a word from the publisher within `silenceMs`.
 */
export class RevocationState {
  readonly #entries = new RevokedEntries();
  readonly #silenceMs: number;
  #epoch = -1;
  #number = 0;
  #live = false;
  #fromStart = true;
  #heardAt = 0;
  #clockAt = 0;
  #refill: Refill | undefined;

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  /** The number up to which nothing is missing. */
  get number(): number {
    return this.#number;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Takes in a push or a heartbeat. `gap` asks for a refill; `ignored` neither proves nor changes anything. */
  heard(input: RevocationMessage, now: number): 'applied' | 'ignored' | 'gap' {
    const message = parseRevocationMessage(input);
    if (message === undefined) return 'gap';
    if (message.epoch < this.#epoch) return 'ignored';
    for (const entry of message.entries) this.#entries.add(entry, now);
    if (this.#isClockBehind(now)) return 'gap';
    if (this.#refill !== undefined) {
      this.#keepForLater(this.#refill, { message, at: now });
      return 'ignored';
    }
    if (!this.#live) return 'ignored';
    return this.#apply(message, now);
  }

  /** Says that messages may have been missed: nothing is current until a refill that starts from now on has succeeded. */
  lost(): void {
    this.#live = false;
    if (this.#refill !== undefined) this.#refill.tainted = true;
  }

  /** Begins a refill and says after which place to ask. After a change of epoch that is the beginning: numbers may start anew. */
  refillStarts(now: number): FeedPlace {
    this.#isClockBehind(now);
    this.#live = false;
    const since = this.#fromStart ? beginning : { epoch: this.#epoch, number: this.#number };
    this.#refill = { since, askedAt: now, tainted: false, heard: [] };
    return since;
  }

  /** After which place to ask for the next page, once `refilled` has said `more`. */
  refillGoesOn(now: number): FeedPlace {
    if (this.#refill === undefined) return this.refillStarts(now);
    this.#refill.askedAt = now;
    return this.#refill.since;
  }

  /**
   * Takes in a page of the answer to the refill. `more` asks for the next one, `again` for another refill at once; `refused`
   * means that the page is of the past, `malformed` that it cannot be read or leads nowhere: either proves nothing.
   */
  refilled(input: RefillPage, now: number): 'current' | 'more' | 'again' | 'refused' | 'malformed' {
    const refill = this.#refill;
    this.#refill = undefined;
    if (refill === undefined) return 'refused';
    const page = parseRefillPage(input);
    if (page === undefined) return 'malformed';
    if (page.epoch < this.#epoch) return 'refused';
    for (const entry of page.entries) this.#entries.add(entry, now);
    if (page.epoch !== refill.since.epoch && refill.since.number !== 0) {
      this.#fromStart = true;
      return 'again';
    }
    return page.hasMore === true ? this.#goesOn(refill, page) : this.#ends(refill, page);
  }

  refillFailed(): void {
    this.#refill = undefined;
    this.#live = false;
  }

  /** Milliseconds until silence, 0 when it has begun or nothing is live. A clock that was set back counts as silence. */
  silentInMs(now: number): number {
    const quietMs = now - this.#heardAt;
    return this.#live && quietMs > -this.#silenceMs
      ? Math.max(0, Math.min(this.#silenceMs, this.#silenceMs - quietMs))
      : 0;
  }

  isCurrent(now: number): boolean {
    return this.silentInMs(now) > 0;
  }

  isRevoked(token: { sid: string; sub: string; iat: number }): boolean {
    return this.#entries.covers(token);
  }

  isKeyRevoked(kid: string): boolean {
    return this.#entries.coversKey(kid);
  }

  get keysRevoked(): number {
    return this.#entries.keysAdded;
  }

  prune(now: number): void {
    this.#isClockBehind(now);
    this.#entries.prune(now);
  }

  /**
   * Whether the clock was set back since it was last looked at. While it was ahead, what still matters may have been forgotten
   * as over, so that everything is asked for again, and the answer to a refill that runs proves nothing.
   */
  #isClockBehind(now: number): boolean {
    const isBehind = now < this.#clockAt - this.#silenceMs;
    this.#clockAt = now;
    if (!isBehind) return false;
    this.refillFailed();
    this.#fromStart = true;
    return true;
  }

  #goesOn(refill: Refill, page: RefillPage): 'more' | 'malformed' {
    // Asked for again and again, it would be answered for ever.
    if (page.number <= refill.since.number) return 'malformed';
    if (page.epoch !== this.#epoch || page.number > this.#number) this.#reached(page);
    refill.since = { epoch: page.epoch, number: page.number };
    this.#refill = refill;
    return 'more';
  }

  #ends(refill: Refill, page: RefillPage): 'current' | 'again' | 'refused' {
    // Of one epoch numbers only grow: an answer from before what is known comes from something that lags behind, or has
    // lost what it knew and numbers anew.
    if (page.epoch === this.#epoch && page.number < this.#number) {
      this.#fromStart = true;
      return 'refused';
    }
    this.#reached(page);
    this.#heardAt = refill.askedAt;
    const complete = this.#replay(refill);
    this.#live = complete && !refill.tainted;
    return this.#live ? 'current' : 'again';
  }

  /** Everything up to there is known, though not that this is all: a refill that fails is taken up from there. */
  #reached({ epoch, number }: FeedPlace): void {
    this.#epoch = epoch;
    this.#number = number;
    this.#fromStart = false;
  }

  #keepForLater(refill: Refill, heard: Heard): void {
    if (refill.heard.length < heardDuringRefillMax) refill.heard.push(heard);
    else refill.tainted = true;
  }

  /** What was heard while the refill ran, in the publisher's order. False when something between is still missing. */
  #replay({ heard, askedAt }: Refill): boolean {
    const ordered = heard.toSorted((a, b) => a.message.number - b.message.number);
    return ordered.every(
      // Heard before the last page was asked, it is no younger word of the publisher than that page.
      ({ message, at }) => message.epoch < this.#epoch || this.#apply(message, Math.max(at, askedAt)) !== 'gap',
    );
  }

  #apply(message: RevocationMessage, at: number): 'applied' | 'ignored' | 'gap' {
    if (message.epoch !== this.#epoch) {
      this.#fromStart = true;
      return 'gap';
    }
    // Older than what is known: a straggler, which does not prove that the publisher is still heard.
    if (message.number < this.#number) return 'ignored';
    const fresh = new Set<number>();
    for (const entry of message.entries) if (entry.number > this.#number) fresh.add(entry.number);
    if (fresh.size !== message.number - this.#number) return 'gap';
    this.#number = message.number;
    this.#heardAt = at;
    return 'applied';
  }
}
