import { createHttpCaller, type HttpCall, type HttpCallerOptions, type HttpReply, NoReply } from '@bank/outbound';
import { DeliveryError } from '#providers/message-provider.ts';

export type HttpCarrierOptions = Pick<HttpCallerOptions, 'baseUrl' | 'deadlineMs'>;

/** A carrier that is reached by HTTP. */
export interface HttpCarrier {
  /** @throws DeliveryError when there is no whole answer in time: nobody knows then whether it was accepted */
  post(request: Omit<HttpCall, 'method'>): Promise<HttpReply>;
  /** Gives up what is under way. */
  close(): void;
}

const codes: Readonly<Record<NoReply['reason'], string>> = {
  closed: 'ECLOSED',
  deadline: 'EDEADLINE',
  network: 'ENETWORK',
};

export function createHttpCarrier({ baseUrl, deadlineMs }: HttpCarrierOptions): HttpCarrier {
  const caller = createHttpCaller({ baseUrl, ...(deadlineMs !== undefined && { deadlineMs }) });
  return {
    async post(request) {
      try {
        return await caller.call({ method: 'POST', ...request });
      } catch (error) {
        if (!(error instanceof NoReply)) throw error;
        throw new DeliveryError('transient', codes[error.reason], { carrierAway: error.reason !== 'closed' });
      }
    },
    close: caller.close,
  };
}
