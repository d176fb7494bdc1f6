import { type Consumer, topology } from '@bank/messaging';

/**
 * Refuses an app that leaves a queue of its own unread: the messages would wait there for good. @throws Error naming the queue
 */
export function refuseUnreadQueues(app: string, consumers: readonly Consumer[]): void {
  const unread = topology.queues.find(({ app: owner, name }) => {
    return owner === app && !consumers.some(({ queue }) => queue === name);
  });
  if (unread !== undefined) throw new Error(`${unread.name} of infra/rabbitmq/topology.json has no consumer in ${app}`);
}
