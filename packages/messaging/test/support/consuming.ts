import type { Secret } from '@bank/domain';
import { type Consumer, type Consumers, createConsumers } from '#index.ts';
import { silent, testMetrics } from './broker.ts';

/** Started consumers of one queue in a process of their own, as far as the broker can tell. */
export async function consuming(
  url: Secret,
  handle: Consumer['handle'],
  options: { types?: readonly string[]; queue?: string; prefetch?: number; handlerTimeoutMs?: number } = {},
): Promise<Consumers> {
  const { types = ['user.activated.v1'], queue = 'mfa.events', ...rest } = options;
  const consumers = createConsumers({
    url,
    service: 'mfa',
    logger: silent,
    metrics: testMetrics(),
    consumers: [{ name: 'create-profile', queue, types, handle }],
    ...rest,
  });
  await consumers.start();
  return consumers;
}
