import type { Clock } from '@bank/domain';

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open before one message may try. */
  readonly openMs: number;
}

/** Remembers whether a carrier answers: open after so many failures in a row, until one trial has succeeded. */
export class CircuitBreaker {
  readonly #options: BreakerOptions;
  readonly #clock: Clock;
  #failures = 0;
  #openUntilMs = 0;
  #isTrying = false;

  constructor(options: BreakerOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  get state(): BreakerState {
    if (this.#failures < this.#options.failures) return 'closed';
    return this.#clock.now().getTime() < this.#openUntilMs || this.#isTrying ? 'open' : 'half_open';
  }

  /** Whether a message may go this way; while it is half open one may. Every true is followed by one `note`. */
  admit(): boolean {
    const { state } = this;
    if (state === 'half_open') this.#isTrying = true;
    return state !== 'open';
  }

  /** What the admitted message has shown: the carrier answers, does not, or nothing either way. */
  note(shown: 'answers' | 'away' | 'nothing'): void {
    this.#isTrying = false;
    if (shown === 'answers') this.#failures = 0;
    if (shown !== 'away') return;
    this.#failures += 1;
    this.#openUntilMs = this.#clock.now().getTime() + this.#options.openMs;
  }
}
