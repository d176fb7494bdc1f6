import type { Clock } from '@bank/domain';
import { type BreakerState, CircuitBreaker } from '#chain/circuit-breaker.ts';
import { Slots } from '#chain/slots.ts';
import { DeliveryError, type MessageProvider } from '#providers/message-provider.ts';

/** How one attempt at one carrier ended. */
export type AttemptOutcome = 'accepted' | 'transient' | 'permanent';

export interface ChainOptions<M> {
  /** In the order in which they are asked. */
  providers: readonly MessageProvider<M>[];
  clock: Clock;
  /** Messages that one carrier is handed at once; 16 unless said. */
  inFlightMax?: number;
  /** How long a message waits for its turn at one carrier before the next is asked; a second unless said. */
  turnMs?: number;
  /** Failures in a row that open a carrier's circuit, and for how long; 5 and 30 seconds unless said. */
  breaker?: { readonly failures: number; readonly openMs: number };
  /** Told of every attempt. */
  observe?: (attempt: { provider: string; outcome: AttemptOutcome; seconds: number }) => void;
}

/** Several carriers of one channel, asked in order. */
export interface ProviderChain<M> {
  /**
   * Hands a message to the first carrier of such messages that takes it. The next one is asked when a carrier fails in a way that may pass,
   * is known to be away or too busy; never after one has accepted the message, or has said that it will never be accepted.
   * @throws DeliveryError the last failure, or `ENOCARRIER` when nobody could be asked
   */
  send(message: M): Promise<{ provider: string; providerMessageId: string }>;
  status(): readonly { readonly provider: string; readonly breaker: BreakerState; readonly inFlight: number }[];
  close(): Promise<void>;
}

interface Link<M> {
  readonly provider: MessageProvider<M>;
  readonly breaker: CircuitBreaker;
  readonly slots: Slots;
}

/** Puts carriers in a line. What hangs at one holds up nothing that another could carry. */
export function createProviderChain<M>(options: ChainOptions<M>): ProviderChain<M> {
  const { providers, clock, inFlightMax = 16, turnMs = 1000, observe = () => undefined } = options;
  const breaker = options.breaker ?? { failures: 5, openMs: 30_000 };
  const links: Link<M>[] = providers.map((provider) => ({
    provider,
    breaker: new CircuitBreaker(breaker, clock),
    slots: new Slots(inFlightMax),
  }));
  return {
    async send(message) {
      let failure = new DeliveryError('transient', 'ENOCARRIER', { carrierAway: true });
      for (const link of links) {
        if (link.provider.carries?.(message) === false) continue;
        const result = await attempt(link, message, turnMs, observe);
        if (!(result instanceof DeliveryError)) return { provider: link.provider.name, ...result };
        if (result.kind === 'permanent') throw result;
        failure = result;
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

async function attempt<M>(
  { provider, breaker, slots }: Link<M>,
  message: M,
  turnMs: number,
  observe: NonNullable<ChainOptions<M>['observe']>,
): Promise<{ providerMessageId: string } | DeliveryError> {
  if (breaker.state === 'open') return new DeliveryError('transient', 'ECIRCUIT', { carrierAway: true });
  if (!(await slots.acquire(turnMs))) return new DeliveryError('transient', 'EBUSY');
  try {
    // Asked again after the wait: it may have become known meanwhile that the carrier is away.
    if (!breaker.admit()) return new DeliveryError('transient', 'ECIRCUIT', { carrierAway: true });
    const began = performance.now();
    const result = await provider.send(message).catch(failureOf);
    const failed = result instanceof DeliveryError;
    breaker.note(!failed ? 'answers' : shownBy(result));
    observe({
      provider: provider.name,
      outcome: failed ? result.kind : 'accepted',
      seconds: (performance.now() - began) / 1000,
    });
    return result;
  } finally {
    slots.release();
  }
}

/** A carrier that answers for this message alone is there; of what was given up by ourselves nothing is known. */
function shownBy({ carrierAway, status }: DeliveryError): 'answers' | 'away' | 'nothing' {
  if (carrierAway) return 'away';
  return status === undefined ? 'nothing' : 'answers';
}

function failureOf(error: unknown): DeliveryError {
  return error instanceof DeliveryError ? error : new DeliveryError('transient', 'ERROR');
}
