import { BrokerUnavailable } from '#connection/broker-unavailable.ts';

/**
 * Settles as `work` does, or rejects after `deadlineMs`, whichever is first. What `work` does later is ignored.
 * @throws BrokerUnavailable at the deadline, or the error that `late` makes
 */
export async function withDeadline<T>(
  work: Promise<T>,
  deadlineMs: number,
  late: () => Error = () => new BrokerUnavailable(`no answer within ${deadlineMs} ms`),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
