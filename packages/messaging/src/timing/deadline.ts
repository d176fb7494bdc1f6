import { withDeadline } from '@bank/domain';
import { BrokerUnavailable } from '#connection/broker-unavailable.ts';

/** Settles as an answer of the broker does. @throws BrokerUnavailable when there is none within `deadlineMs` */
export function answerWithin<T>(answer: Promise<T>, deadlineMs: number): Promise<T> {
  return withDeadline(answer, deadlineMs, () => new BrokerUnavailable(`no answer within ${deadlineMs} ms`));
}
