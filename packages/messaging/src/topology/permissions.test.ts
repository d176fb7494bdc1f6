import { describe, expect, it } from 'vitest';
import { brokerPermissions, topicPermission } from '#topology/permissions.ts';
import { apps, deadQueueOf, topology } from '#topology/topology.ts';

const allows = (pattern: string, name: string) => new RegExp(pattern).test(name);

describe('brokerPermissions', () => {
  it.each(apps)('lets %s publish to the three destinations and read its own queues only', (app) => {
    const { configure, write, read } = brokerPermissions(app);
    expect(configure).toBe('^$');
    for (const { exchange } of Object.values(topology.destinations)) expect(allows(write, exchange)).toBe(true);
    for (const other of apps) expect(allows(write, `${other}.recovery`)).toBe(other === app);
    for (const queue of topology.queues) {
      expect(allows(read, queue.name), queue.name).toBe(queue.app === app);
      expect(allows(read, deadQueueOf(queue.name))).toBe(false);
    }
    expect(allows(write, 'amq.default')).toBe(false);
    expect(allows(write, topology.unroutable)).toBe(false);
  });

  it('lets an operator read what was set aside and nothing that is live', () => {
    const { configure, read } = brokerPermissions('operator');
    expect(configure).toBe('^$');
    expect(allows(read, 'admin.audit.dead')).toBe(true);
    expect(allows(read, topology.unroutable)).toBe(true);
    expect(topology.queues.filter((queue) => allows(read, queue.name))).toEqual([]);
  });

  it('lets the platform publish to its own exchanges and nowhere else', () => {
    const { configure, write, read } = brokerPermissions('platform');
    expect([configure, read]).toEqual(['^$', '^$']);
    expect(allows(write, 'notification.events') && allows(write, 'kyc.events')).toBe(true);
    for (const { exchange } of Object.values(topology.destinations)) expect(allows(write, exchange)).toBe(false);
    for (const app of apps) expect(allows(brokerPermissions(app).write, 'notification.events')).toBe(false);
  });

  it('takes dots in names literally', () => {
    expect(allows(brokerPermissions('auth').read, 'authxevents')).toBe(false);
  });
});

describe('topicPermission', () => {
  it.each([
    ['auth', 'user.activated.v1', true],
    ['auth', 'auth.locked.v1', true],
    ['device', 'user.activated.v1', false],
    ['device', 'user.data_erased.v1', true],
    ['device', 'devices.removed.v1', false],
    ['admin', 'audit.checkpoint_signed.v1', true],
  ] as const)('%s may emit %s: %s', (app, type, allowed) => {
    expect(allows(topicPermission(app)?.write ?? '', type)).toBe(allowed);
  });
});
