import {
  type ChainOptions as AnyChainOptions,
  createChain,
  NotAsked,
  type ProviderStatus,
  type Shown,
} from '@bank/outbound';
import { DeliveryError, type MessageProvider } from '#providers/message-provider.ts';

/** How one attempt at one carrier ended. */
export type AttemptOutcome = 'accepted' | 'transient' | 'permanent';

export interface ChainOptions<M>
  extends Pick<AnyChainOptions<MessageProvider<M>>, 'providers' | 'clock' | 'inFlightMax' | 'turnMs' | 'breaker'> {
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
  status(): readonly ProviderStatus[];
  close(): Promise<void>;
}

/** Puts carriers in a line. What hangs at one holds up nothing that another could carry. */
export function createProviderChain<M>(options: ChainOptions<M>): ProviderChain<M> {
  const { observe, ...common } = options;
  const chain = createChain<MessageProvider<M>>({
    ...common,
    judge(failure) {
      const error = failureOf(failure);
      return { shown: shownBy(error), asksNext: error.kind === 'transient' };
    },
    observe({ failure, ...attempt }) {
      observe?.({ ...attempt, outcome: failure === undefined ? 'accepted' : failureOf(failure).kind });
    },
  });
  return {
    async send(message) {
      const carries = (provider: MessageProvider<M>) => provider.carries?.(message) !== false;
      try {
        const { provider, answer } = await chain.ask((one) => one.send(message), carries);
        return { provider, ...answer };
      } catch (failure) {
        throw failure instanceof NotAsked ? unaskedErrors[failure.reason]() : failureOf(failure);
      }
    },
    status: chain.status,
    close: chain.close,
  };
}

const unaskedErrors: Readonly<Record<NotAsked['reason'], () => DeliveryError>> = {
  nobody: () => new DeliveryError('transient', 'ENOCARRIER', { carrierAway: true }),
  open: () => new DeliveryError('transient', 'ECIRCUIT', { carrierAway: true }),
  busy: () => new DeliveryError('transient', 'EBUSY'),
};

/** A carrier that answers for this message alone is there; of what was given up by ourselves nothing is known. */
function shownBy({ carrierAway, status }: DeliveryError): Shown {
  if (carrierAway) return 'away';
  return status === undefined ? 'nothing' : 'answers';
}

function failureOf(error: unknown): DeliveryError {
  return error instanceof DeliveryError ? error : new DeliveryError('transient', 'ERROR');
}
