import type { Clock } from '@bank/domain';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** What a call has shown of whom it went to: there, away, or nothing either way. */
export type Shown = 'answers' | 'away' | 'nothing';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open before one call may try. */
  readonly openMs: number;
}

/** Remembers whether somebody answers: open after so many failures in a row, until one trial has succeeded. */
export class CircuitBreaker {
  readonly #options: BreakerOptions;
  readonly #clock: Clock;
  #failures = 0;
  #openedAtMs = 0;
  #isTrying = false;

  constructor(options: BreakerOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  get state(): BreakerState {
    if (this.#failures < this.#options.failures) return 'closed';
    return this.remainingMs > 0 || this.#isTrying ? 'open' : 'half_open';
  }

  /** Until a trial may go through; 0 when one may already, as it may where the clock has been set back meanwhile. */
  get remainingMs(): number {
    const openForMs = this.#clock.now().getTime() - this.#openedAtMs;
    return openForMs < 0 ? 0 : Math.max(0, this.#options.openMs - openForMs);
  }

  /** Whether a call may go this way; while it is half open one may. Every true is followed by one `note`. */
  admit(): boolean {
    const { state } = this;
    if (state === 'half_open') this.#isTrying = true;
    return state !== 'open';
  }

  /** What the admitted call has shown. */
  note(shown: Shown): void {
    this.#isTrying = false;
    if (shown === 'answers') this.#failures = 0;
    if (shown !== 'away') return;
    this.#failures += 1;
    this.#openedAtMs = this.#clock.now().getTime();
  }
}
