import type { Clock } from '@bank/domain';
import { DomainError } from '@bank/domain';

export interface BreakerOptions {
  /** Failures in a row that open the circuit. */
  readonly failures: number;
  /** How long it stays open before one call may try. */
  readonly openMs: number;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

/**
 * Stops calling a service that does not answer: after so many failures in a row calls fail at once, until one trial call
 * has succeeded. Only what says that the service is away counts, not its refusals.
 */
export class CircuitBreaker {
  readonly #name: string;
  readonly #options: BreakerOptions;
  readonly #clock: Clock;
  #failures = 0;
  #openUntilMs = 0;
  #isTrying = false;

  constructor(name: string, options: BreakerOptions, clock: Clock) {
    this.#name = name;
    this.#options = options;
    this.#clock = clock;
  }

  get state(): BreakerState {
    if (this.#failures < this.#options.failures) {
      return 'closed';
    }
    return this.#nowMs() < this.#openUntilMs || this.#isTrying ? 'open' : 'half_open';
  }

  /** @throws service.unavailable while the circuit is open, otherwise what the work throws */
  async run<T>(work: () => Promise<T>, isAway: (error: unknown) => boolean): Promise<T> {
    const state = this.state;
    if (state === 'open') {
      const seconds = Math.max(1, Math.ceil((this.#openUntilMs - this.#nowMs()) / 1000));
      throw new DomainError('service.unavailable', {
        reason: `the circuit to ${this.#name} is open`,
        details: { retryAfterSeconds: seconds },
      });
    }
    this.#isTrying = state === 'half_open';
    try {
      const value = await work();
      this.#failures = 0;
      return value;
    } catch (error) {
      if (isAway(error)) {
        this.#failures += 1;
        this.#openUntilMs = this.#nowMs() + this.#options.openMs;
      } else {
        this.#failures = 0;
      }
      throw error;
    } finally {
      this.#isTrying = false;
    }
  }

  #nowMs(): number {
    return this.#clock.now().getTime();
  }
}
