import { eventSchemas } from '@bank/proto/events';
import { describe, expect, it } from 'vitest';
import { topicPermission } from '#topology/permissions.ts';
import { apps, topology, workQueue } from '#topology/topology.ts';

const subscribed = topology.queues
  .filter(({ destination }) => destination === 'events')
  .flatMap((queue) => queue.types ?? []);

describe('infra/rabbitmq/topology.json', () => {
  it('gives every event type a queue or says that nobody reads it, and never both', () => {
    expect([...new Set(subscribed), ...topology.unsubscribed.types].sort()).toEqual([...eventSchemas.keys()].sort());
  });

  it('lets exactly one app emit each event type', () => {
    for (const type of eventSchemas.keys()) {
      const emitters = apps.filter((app) => new RegExp(topicPermission(app)?.write ?? '').test(type));
      expect(emitters, type).toHaveLength(topology.emittedByEveryApp.includes(type) ? apps.length : 1);
    }
  });

  it('gives every app a queue for events, and the two private destinations one reader each', () => {
    const readers = (destination: string) => topology.queues.filter((queue) => queue.destination === destination);
    expect(readers('events').map((queue) => queue.app)).toEqual([...apps]);
    expect(readers('deliveries').map((queue) => queue.app)).toEqual(['auth']);
    expect(readers('audit').map((queue) => queue.app)).toEqual(['admin']);
  });

  it('waits longer before each further attempt', () => {
    expect([...topology.retryDelaysMs].sort((a, b) => a - b)).toEqual(topology.retryDelaysMs);
  });
});

describe('workQueue', () => {
  it('refuses a name that the topology does not know', () => {
    expect(() => workQueue('auth.event')).toThrow('infra/rabbitmq/topology.json has no queue auth.event');
  });
});
