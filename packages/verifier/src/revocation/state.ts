import { RevokedEntries } from '#revocation/entries.ts';
import { parseRevocationMessage, type RevocationMessage } from '#revocation/message.ts';

interface Heard {
  readonly message: RevocationMessage;
  readonly at: number;
}

interface Refill {
  since: number;
  startedAt: number;
  /** Something was lost while it ran, so its answer may already be old. */
  tainted: boolean;
  heard: Heard[];
}

const heardDuringRefillMax = 1000;

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

  /** Begins a refill and says since which number it must ask. After a change of epoch that is 0: numbers may start anew. */
  refillStarts(now: number): number {
    this.#live = false;
    const since = this.#fromStart ? 0 : this.#number;
    this.#refill = { since, startedAt: now, tainted: false, heard: [] };
    return since;
  }

  /** Takes in the answer to the refill. `again` asks for another at once; `refused` means that the answer proves nothing. */
  refilled(input: RevocationMessage, now: number): 'current' | 'again' | 'refused' {
    const refill = this.#refill;
    this.#refill = undefined;
    const answer = parseRevocationMessage(input);
    if (refill === undefined || answer === undefined || answer.epoch < this.#epoch) return 'refused';
    for (const entry of answer.entries) this.#entries.add(entry, now);
    if (answer.epoch !== this.#epoch && refill.since !== 0) {
      this.#fromStart = true;
      return 'again';
    }
    // Of one epoch numbers only grow: an answer from before what is known comes from something that lags behind.
    if (answer.epoch === this.#epoch && answer.number < this.#number) return 'refused';
    this.#epoch = answer.epoch;
    this.#number = answer.number;
    this.#fromStart = false;
    this.#heardAt = refill.startedAt;
    const complete = this.#replay(refill.heard);
    this.#live = complete && !refill.tainted;
    return this.#live ? 'current' : 'again';
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
    this.#entries.prune(now);
  }

  #keepForLater(refill: Refill, heard: Heard): void {
    if (refill.heard.length < heardDuringRefillMax) refill.heard.push(heard);
    else refill.tainted = true;
  }

  /** What was heard while the refill ran, in the publisher's order. False when something between is still missing. */
  #replay(heard: readonly Heard[]): boolean {
    const ordered = heard.toSorted((a, b) => a.message.number - b.message.number);
    return ordered.every(({ message, at }) => message.epoch < this.#epoch || this.#apply(message, at) !== 'gap');
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
