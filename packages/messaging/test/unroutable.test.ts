import type { Secret } from '@bank/domain';
import type { TestRabbitVhost } from '@bank/testing';
import { until } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPublisher,
  discardDeadLetters,
  listDeadLetters,
  type Publisher,
  replayDeadLetters,
  topology,
} from '#index.ts';
import { entryOf, message, silent, testBroker } from './support/broker.ts';
import { callManagement } from './support/management.ts';

describe('a message that no queue is bound for', () => {
  let broker: TestRabbitVhost & { secretUrl: Secret };
  let publisher: Publisher;

  beforeAll(async () => {
    broker = await testBroker();
    publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
  });

  afterAll(() => publisher.close());

  it.each([
    ['an unknown event type', message('user.actviated.v1')],
    ['a wrong key on a direct exchange', message('x.v1', { exchange: 'user-service.audit', routingKey: 'ledger' })],
  ])('is kept behind the alternate exchange: %s', async (_case, lost) => {
    expect(await publisher.publish([lost])).toMatchObject({ confirmed: [lost.id], returned: [] });
    const letters = await until(async () => {
      const found = await listDeadLetters({ url: broker.secretUrl, queue: topology.unroutable, logger: silent });
      return found.some((letter) => letter.id === lost.id) ? found : undefined;
    });
    expect(letters.find((letter) => letter.id === lost.id)).toMatchObject({ type: lost.type, failures: 0 });
  });

  it('SR-86 is not discarded when it is an entry of the ledger', async () => {
    const audit = message('audit.entry_recorded.v1', { exchange: 'user-service.audit', routingKey: 'ledger' });
    const other = message('user.unheard_of.v1');
    await publisher.publish([audit, other]);
    const ids = [audit.id, other.id];
    const options = { url: broker.secretUrl, queue: topology.unroutable, logger: silent };
    await until(async () => {
      const found = (await listDeadLetters(options)).map(({ id }) => id);
      return ids.every((id) => found.includes(id));
    });
    expect(await discardDeadLetters({ ...options, entryOf, ids })).toEqual({ discarded: [other.id], kept: [audit.id] });
    expect((await listDeadLetters(options)).map(({ id }) => id)).toContain(audit.id);
  });

  it('can be replayed to where it was sent, once a queue is bound', async () => {
    const early = message('user.soon_known.v1');
    await publisher.publish([early]);
    const options = { url: broker.secretUrl, queue: topology.unroutable, logger: silent, ids: [early.id] };
    await until(async () => (await listDeadLetters(options)).some((letter) => letter.id === early.id));
    await callManagement('POST', `bindings/${broker.name}/e/user-service.events/q/mfa.events`, {
      routing_key: 'user.soon_known.v1',
    });
    expect(await replayDeadLetters({ ...options, entryOf })).toEqual({ replayed: [early.id], tooOld: [] });
    await until(async () => (await publisher.depth('mfa.events')) === 1);
    expect((await listDeadLetters(options)).map((letter) => letter.id)).not.toContain(early.id);
  });

  it('can be seen in the depth of that queue', async () => {
    await until(async () => (await publisher.depth(topology.unroutable)) >= 1);
  });

  it('does not hold up the others of its batch', async () => {
    const batch = [message('user.activated.v1'), message('no.such.v1'), message('user.activated.v1')];
    expect((await publisher.publish(batch)).confirmed).toHaveLength(3);
  });

  it('is never counted as published when nothing takes it', async () => {
    const nowhere = message('x.v1', { exchange: 'auth.recovery', routingKey: 'nowhere' });
    const fine = message('user.activated.v1');
    expect(await publisher.publish([nowhere, fine])).toEqual({
      confirmed: [fine.id],
      returned: [nowhere.id],
      refused: [],
      complete: true,
    });
  });

  it('is dropped without an alert when the topology says that nobody reads its type', async () => {
    const before = await publisher.depth(topology.unroutable);
    const [type = ''] = topology.unsubscribed.types;
    expect((await publisher.publish([message(type)])).confirmed).toHaveLength(1);
    expect(await publisher.depth(topology.unroutable)).toBe(before);
    expect(await publisher.depth(topology.unsubscribed.queue)).toBe(0);
  });
});
