import { DomainError, type Secret, uuidv7 } from '@bank/domain';
import type { TestRabbitVhost } from '@bank/testing';
import { until } from '@bank/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Consumers,
  createPublisher,
  type DeadLetter,
  discardDeadLetters,
  listDeadLetters,
  PermanentFailure,
  type Publisher,
  replayDeadLetters,
  topology,
} from '#index.ts';
import { entryOf, message, silent, testBroker } from './support/broker.ts';
import { consuming } from './support/consuming.ts';

let broker: TestRabbitVhost & { secretUrl: Secret };
let publisher: Publisher;
let consumers: Consumers | undefined;

beforeAll(async () => {
  broker = await testBroker();
  publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
});

afterEach(async () => {
  await consumers?.stop();
  consumers = undefined;
});

afterAll(() => publisher.close());

function deadLetters(): Promise<DeadLetter[]> {
  return listDeadLetters({ url: broker.secretUrl, queue: 'mfa.events', logger: silent });
}

function deadLetter(id: string): Promise<DeadLetter> {
  return until(async () => (await deadLetters()).find((letter) => letter.id === id));
}

describe('a consumer that throws', () => {
  it('gets the message again with back-off, and is done when it succeeds', async () => {
    const seenAt: number[] = [];
    consumers = await consuming(broker.secretUrl, async () => {
      seenAt.push(performance.now());
      if (seenAt.length < 3) throw new Error('not yet');
    });
    await publisher.publish([message('user.activated.v1')]);
    await until(() => seenAt.length === 3);
    const [first = 0, second = 0, third = 0] = seenAt;
    expect(second - first).toBeGreaterThan(35);
    expect(third - second).toBeGreaterThan(55);
    await until(async () => (await publisher.depth('mfa.events')) === 0);
    expect(await deadLetters()).toEqual([]);
  });

  it('gives up after the last attempt and leaves a dead letter that tells the story', async () => {
    let tries = 0;
    consumers = await consuming(broker.secretUrl, async function storeProfile() {
      tries += 1;
      throw new Error('insert into profiles values (ada@example.com)');
    });
    const startedAt = new Date().toISOString();
    const failing = message('user.activated.v1', { headers: { 'x-request-id': 'request-7' } });
    await publisher.publish([failing]);
    const letter = await deadLetter(failing.id);
    expect(tries).toBe(5);
    expect(letter).toMatchObject({
      type: 'user.activated.v1',
      failures: 5,
      consumer: 'create-profile',
      requestId: 'request-7',
    });
    expect(letter.reason).toMatch(/^Error at .*storeProfile.* \(retry-and-dead-letters\.test\.ts:\d+:\d+\)$/);
    expect(letter.firstFailedAt?.localeCompare(startedAt)).toBe(1);
    expect(letter.lastFailedAt?.localeCompare(letter.firstFailedAt ?? '')).toBe(1);
  });

  it('for want of something else gets the message until that is there again', async () => {
    const wanted = message('user.activated.v1');
    let tries = 0;
    consumers = await consuming(broker.secretUrl, async (event) => {
      if (event.id !== wanted.id) return;
      tries += 1;
      if (tries < 9) throw new DomainError('service.unavailable', { reason: 'no database' });
    });
    await publisher.publish([wanted]);
    await until(() => tries === 9);
    expect((await deadLetters()).filter(({ id }) => id === wanted.id)).toEqual([]);
  });

  it('has all its tries once that is there again', async () => {
    const wanted = message('user.activated.v1');
    let tries = 0;
    consumers = await consuming(broker.secretUrl, async (event) => {
      if (event.id !== wanted.id) return;
      tries += 1;
      throw tries <= 6 ? new DomainError('service.unavailable', { reason: 'no database' }) : new Error('busy');
    });
    await publisher.publish([wanted]);
    expect(await deadLetter(wanted.id)).toMatchObject({ failures: 6 + 5 });
    expect(tries).toBe(6 + 5);
  });

  it('does not keep the queue from the messages behind', async () => {
    const handled: string[] = [];
    consumers = await consuming(
      broker.secretUrl,
      async (event) => {
        if (handled.length === 0 && event.subject === 'bad') throw new Error('busy');
        handled.push(event.subject);
      },
      { prefetch: 1 },
    );
    const behind = message('user.activated.v1');
    const body = Buffer.from(behind.body.toString().replace('"u1"', '"bad"'));
    await publisher.publish([message('user.activated.v1', { body }), behind]);
    await until(() => handled.length === 2);
    expect(handled).toEqual(['u1', 'bad']);
  });

  it('counts as failed when it does not come back', async () => {
    let tries = 0;
    consumers = await consuming(
      broker.secretUrl,
      async () => {
        tries += 1;
        if (tries === 1) await new Promise(() => undefined);
      },
      { handlerTimeoutMs: 50 },
    );
    await publisher.publish([message('user.activated.v1')]);
    await until(() => tries === 2);
  });
});

describe('a message that cannot succeed', () => {
  const refusals = [
    ['refused for good', new PermanentFailure('profile.country_unknown'), 'profile.country_unknown'],
    ['invalid input', new DomainError('request.invalid', { reason: 'path names' }), 'request.invalid: path names'],
  ] as const;

  it.each(refusals)('goes to the dead letters at once: %s', async (_case, error, reason) => {
    const refused = message('user.activated.v1');
    let tries = 0;
    consumers = await consuming(broker.secretUrl, async (event) => {
      if (event.id === refused.id) tries += 1;
      throw error;
    });
    await publisher.publish([refused]);
    expect(await deadLetter(refused.id)).toMatchObject({ failures: 1, reason });
    expect(tries).toBe(1);
  });

  const malformed = [
    ['no JSON', { body: Buffer.from('{"id":') }, 'message.malformed: not JSON'],
    ['no CloudEvent', { body: Buffer.from('{"specversion":"1.0","id":"x"}') }, 'message.malformed: source'],
  ] as const;

  it.each(malformed)('never reaches a consumer: %s', async (_case, changes, reason) => {
    consumers = await consuming(broker.secretUrl, () => Promise.reject(new Error('must not be called')));
    const odd = message('user.activated.v1', changes);
    await publisher.publish([odd]);
    expect(await deadLetter(odd.id)).toMatchObject({ failures: 1, reason, consumer: 'mfa.events' });
  });

  it('is of a type that nobody takes: tried again, for a process of the next release, before it is a dead letter', async () => {
    consumers = await consuming(broker.secretUrl, () => Promise.reject(new Error('must not be called')));
    const unknown = message('user.renamed.v1', { routingKey: 'user.activated.v1' });
    await publisher.publish([unknown]);
    const reason = 'message.unknown_type: user.renamed.v1';
    expect(await deadLetter(unknown.id)).toMatchObject({ failures: 5, reason, consumer: 'mfa.events' });
  });

  it('survives headers that lie', async () => {
    consumers = await consuming(broker.secretUrl, () => Promise.reject(new PermanentFailure('no')));
    const lying = message('user.activated.v1', { headers: { 'x-failures': 'many', 'x-first-failed-at': 7 } });
    await publisher.publish([lying]);
    expect(await deadLetter(lying.id)).toMatchObject({ failures: 1, reason: 'no' });
  });
});

describe('replay', () => {
  it('puts through what failed, once the consumer can', async () => {
    let broken = true;
    const handled: string[] = [];
    consumers = await consuming(broker.secretUrl, async (event) => {
      if (broken) throw new PermanentFailure('bug');
      handled.push(event.id);
    });
    const [one, other] = [message('user.activated.v1'), message('user.activated.v1')];
    await publisher.publish([one, other]);
    await deadLetter(one.id);
    await deadLetter(other.id);
    broken = false;
    const replayed = await replayDeadLetters({
      url: broker.secretUrl,
      queue: 'mfa.events',
      ids: [one.id],
      logger: silent,
      entryOf,
    });
    expect(replayed).toEqual({ replayed: [one.id], tooOld: [] });
    await until(() => handled.includes(one.id));
    expect(handled).toEqual([one.id]);
    expect((await deadLetters()).map((letter) => letter.id)).toContain(other.id);
    expect((await deadLetters()).map((letter) => letter.id)).not.toContain(one.id);
  });

  it('starts the count of failures anew, and comes to an end when everything fails again', async () => {
    consumers = await consuming(broker.secretUrl, () => Promise.reject(new Error('still broken')));
    const failing = message('user.activated.v1');
    await publisher.publish([failing]);
    const first = await deadLetter(failing.id);
    const { replayed } = await replayDeadLetters({
      url: broker.secretUrl,
      queue: 'mfa.events',
      logger: silent,
      entryOf,
    });
    expect(replayed).toContain(failing.id);
    const second = await until(async () => {
      const letter = (await deadLetters()).find(({ id }) => id === failing.id);
      return letter !== undefined && letter.firstFailedAt !== first.firstFailedAt ? letter : undefined;
    });
    expect(second.failures).toBe(5);
  });

  it('leaves a letter where it lies that an inbox may have forgotten; it can be discarded', async () => {
    const handled: string[] = [];
    let broken = true;
    consumers = await consuming(broker.secretUrl, async (event) => {
      if (broken) throw new PermanentFailure('bug');
      handled.push(event.id);
    });
    const minuteMs = 60_000;
    const limit = Date.now() - topology.deadLetterWeeks * 7 * 24 * 60 * minuteMs;
    const old = message('user.activated.v1', { id: uuidv7(limit - minuteMs) });
    const young = message('user.activated.v1', { id: uuidv7(limit + minuteMs) });
    const ageless = message('user.activated.v1', { id: 'evt_12345', time: new Date(0) });
    await publisher.publish([old, young, ageless]);
    expect(await deadLetter(old.id)).toMatchObject({ tooOld: true });
    expect(await deadLetter(young.id)).toMatchObject({ tooOld: false });
    expect(await deadLetter(ageless.id)).toMatchObject({ tooOld: true });

    broken = false;
    const options = { url: broker.secretUrl, queue: 'mfa.events', logger: silent, entryOf };
    const { replayed, tooOld } = await replayDeadLetters({ ...options, ids: [old.id, young.id, ageless.id] });
    expect(replayed).toEqual([young.id]);
    expect([...tooOld].sort()).toEqual([old.id, ageless.id].sort());
    await until(() => handled.length === 1);
    expect(handled).toEqual([young.id]);

    expect(await discardDeadLetters({ ...options, ids: [old.id] })).toEqual({ discarded: [old.id], kept: [] });
    const left = (await deadLetters()).map(({ id }) => id);
    expect(left).toContain(ageless.id);
    expect(left).not.toContain(old.id);
  });
});
