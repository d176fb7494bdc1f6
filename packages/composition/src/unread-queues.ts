import { type Consumer, topology } from '@bank/messaging';

/**
 * Refuses an app that leaves a queue of its own unread although something is bound to it: the messages would wait there
 * for good. @throws Error naming the queue
 */
export function refuseUnreadQueues(app: string, consumers: readonly Consumer[]): void {
  const unread = topology.queues.find(({ app: owner, name, types }) => {
    return owner === app && types?.length !== 0 && !consumers.some(({ queue }) => queue === name);
  });
  if (unread !== undefined) throw new Error(`${unread.name} of infra/rabbitmq/topology.json has no consumer in ${app}`);
}
