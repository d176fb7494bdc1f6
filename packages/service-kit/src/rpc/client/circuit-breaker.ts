import type { Clock } from '@bank/domain';
import { DomainError } from '@bank/domain';
import { CircuitBreaker as Breaker, type BreakerOptions, type BreakerState, type Shown } from '@bank/outbound';

/**
 * Stops calling a service that does not answer: after so many failures in a row calls fail at once, until one trial call
 * has succeeded. Only what says that the service is away counts, not its refusals.
 */
export class CircuitBreaker {
  readonly #name: string;
  readonly #breaker: Breaker;

  constructor(name: string, options: BreakerOptions, clock: Clock) {
    this.#name = name;
    this.#breaker = new Breaker(options, clock);
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  /** @throws service.unavailable while the circuit is open, otherwise what the work throws */
  async run<T>(work: () => Promise<T>, shownBy: (error: unknown) => Shown): Promise<T> {
    if (!this.#breaker.admit()) {
      const seconds = Math.max(1, Math.ceil(this.#breaker.remainingMs / 1000));
      throw new DomainError('service.unavailable', {
        reason: `the circuit to ${this.#name} is open`,
        details: { retryAfterSeconds: seconds },
      });
    }
    try {
      const value = await work();
      this.#breaker.note('answers');
      return value;
    } catch (error) {
      this.#breaker.note(shownBy(error));
      throw error;
    }
  }
}
