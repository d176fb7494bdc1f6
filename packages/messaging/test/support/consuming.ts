import type { Secret } from '@bank/domain';
import { type Consumer, type Consumers, type ConsumersOptions, createConsumers } from '#index.ts';
import { workQueue } from '#topology/topology.ts';
import { silent, testMetrics } from './broker.ts';

/** Started consumers of one queue in a process of their own, as far as the broker can tell; of all that is bound to it unless told. */
export async function consuming(
  url: Secret,
  handle: Consumer['handle'],
  options: Partial<Pick<ConsumersOptions, 'prefetch' | 'handlerTimeoutMs' | 'metrics'>> & {
    types?: readonly string[];
    queue?: string;
  } = {},
): Promise<Consumers> {
  const { queue = 'mfa.events', types = workQueue(queue).types ?? ['*'], ...rest } = options;
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
