import type { Clock } from '@bank/domain';
import { type BreakerOptions, type BreakerState, CircuitBreaker, type Shown } from '#circuit-breaker.ts';
import { Slots } from '#slots.ts';

/** Somebody of the world outside who can be asked for something. */
export interface Provider {
  /** As configuration and metrics call it. */
  readonly name: string;
  close(): Promise<void>;
}

/** What a failure says of the provider that it came from, and whether the next one is asked. */
export interface Judgement {
  readonly shown: Shown;
  readonly asksNext: boolean;
}

/** One call of one provider. `failure` is there when it failed. */
export interface Attempt {
  readonly provider: string;
  readonly seconds: number;
  readonly failure?: unknown;
}

export interface ChainOptions<P extends Provider> {
  /** In the order in which they are asked. */
  providers: readonly P[];
  clock: Clock;
  judge(failure: unknown): Judgement;
  /** Calls that one provider is asked at once; 16 unless said. */
  inFlightMax?: number;
  /** How long a call waits for its turn at one provider before the next is asked; a second unless said. */
  turnMs?: number;
  /** Failures in a row that open a provider's circuit, and for how long; 5 and 30 seconds unless said. */
  breaker?: BreakerOptions;
  /** Told of every call that was made. */
  observe?(attempt: Attempt): void;
}

export interface ProviderStatus {
  readonly provider: string;
  readonly breaker: BreakerState;
  readonly inFlight: number;
}

/** Several providers of one thing, asked in order. */
export interface Chain<P extends Provider> {
  /**
   * Asks the first provider that is able. The next one is asked when it is known to be away or too busy, or when its failure is judged so.
   * @throws the last failure; `NotAsked` where the last of them was not called at all
   */
  ask<T>(
    call: (provider: P) => Promise<T>,
    isAble?: (provider: P) => boolean,
  ): Promise<{ readonly provider: string; readonly answer: T }>;
  status(): readonly ProviderStatus[];
  close(): Promise<void>;
}

/** No call was made: nobody is able, the circuit is open, or there was no turn in time. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked';
  readonly reason: 'nobody' | 'open' | 'busy';

  constructor(reason: 'nobody' | 'open' | 'busy') {
    super(reason);
    this.reason = reason;
  }
}

interface Link<P> {
  readonly provider: P;
  readonly breaker: CircuitBreaker;
  readonly slots: Slots;
}

type Outcome<T> = { readonly answer: T } | { readonly failure: unknown; readonly asksNext: boolean };

/** Puts providers in a line. What hangs at one holds up nothing that another could do. */
export function createChain<P extends Provider>(options: ChainOptions<P>): Chain<P> {
  const { providers, clock, inFlightMax = 16, breaker = { failures: 5, openMs: 30_000 } } = options;
  const links: Link<P>[] = providers.map((provider) => ({
    provider,
    breaker: new CircuitBreaker(breaker, clock),
    slots: new Slots(inFlightMax),
  }));
  return {
    async ask(call, isAble = () => true) {
      let failure: unknown = new NotAsked('nobody');
      for (const link of links) {
        if (!isAble(link.provider)) continue;
        const outcome = await attempt(link, call, options);
        if ('answer' in outcome) return { provider: link.provider.name, answer: outcome.answer };
        failure = outcome.failure;
        if (!outcome.asksNext) break;
      }
      throw failure;
    },
    status: () =>
      links.map(({ provider, breaker: { state }, slots }) => ({
        provider: provider.name,
        breaker: state,
        inFlight: slots.taken,
      })),
    async close() {
      await Promise.all(providers.map((provider) => provider.close()));
    },
  };
}

async function attempt<P extends Provider, T>(
  { provider, breaker, slots }: Link<P>,
  call: (provider: P) => Promise<T>,
  { turnMs = 1000, judge, observe }: ChainOptions<P>,
): Promise<Outcome<T>> {
  if (breaker.state === 'open') return notAsked('open');
  if (!(await slots.acquire(turnMs))) return notAsked('busy');
  try {
    // Asked again after the wait: it may have become known meanwhile that the provider is away.
    if (!breaker.admit()) return notAsked('open');
    const began = performance.now();
    const observed = { provider: provider.name, seconds: 0 };
    const elapsed = () => (performance.now() - began) / 1000;
    try {
      const answer = await call(provider);
      breaker.note('answers');
      observe?.({ ...observed, seconds: elapsed() });
      return { answer };
    } catch (failure) {
      const { shown, asksNext } = judge(failure);
      breaker.note(shown);
      observe?.({ ...observed, seconds: elapsed(), failure });
      return { failure, asksNext };
    }
  } finally {
    slots.release();
  }
}

function notAsked(reason: 'open' | 'busy'): { failure: NotAsked; asksNext: true } {
  return { failure: new NotAsked(reason), asksNext: true };
}
