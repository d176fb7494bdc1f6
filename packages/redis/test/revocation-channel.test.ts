import { until } from '@bank/testing';
import type { RevocationMessage } from '@bank/verifier';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRevocationChannel } from '#index.ts';
import { type ConnectedRedis, connectedRedis } from './support/redis.ts';

let connected: ConnectedRedis;
let received: RevocationMessage[];
let disconnects: number;
let unsubscribe: () => Promise<void>;

beforeEach(async () => {
  connected = await connectedRedis();
  received = [];
  disconnects = 0;
});

afterEach(async () => {
  await unsubscribe();
  await connected.close();
});

async function subscribe(): Promise<void> {
  unsubscribe = await createRevocationChannel(connected.redis).subscribe(
    (message) => received.push(message),
    () => {
      disconnects += 1;
    },
  );
}

function heartbeat(number: number): RevocationMessage {
  return { epoch: 1, number, entries: [] };
}

function publish(message: RevocationMessage): Promise<void> {
  return createRevocationChannel(connected.redis).publish(message);
}

/** Publishes until something arrives: a subscription that comes back does so at a moment of its own. */
function untilHeard(number: number): Promise<unknown> {
  return until(async () => {
    await publish(heartbeat(number));
    return received.some((message) => message.number === number);
  });
}

describe('the revocation channel', () => {
  it('carries messages whole', async () => {
    await subscribe();
    const entry = { number: 7, sid: 's1', notBefore: 1_767_225_600_000, expiresAt: 1_767_225_930_000 };
    await publish({ epoch: 3, number: 7, entries: [entry] });
    await until(() => received.length > 0);
    expect(received).toEqual([{ epoch: 3, number: 7, entries: [entry] }]);
    expect(disconnects).toBe(0);
  });

  it('reports a lost connection within a second and goes on when Redis is back', async () => {
    await subscribe();
    await connected.proxy.cut();
    await until(() => disconnects > 0, { deadlineMs: 1000 });
    await connected.proxy.restore();
    await untilHeard(8);
  });

  it('can be subscribed while Redis is away: that is reported, and it begins when Redis comes', async () => {
    await connected.proxy.cut();
    await subscribe();
    expect(disconnects).toBeGreaterThan(0);
    await connected.proxy.restore();
    await untilHeard(9);
  });

  it('ignores what is not a revocation message', async () => {
    await subscribe();
    const channel = `${connected.keyPrefix}revocations`;
    for (const text of ['not json', '{}', '{"epoch":1,"number":-1,"entries":[]}']) {
      await connected.redis.client.publish(channel, text);
    }
    await publish(heartbeat(1));
    await until(() => received.length > 0);
    expect(received).toEqual([heartbeat(1)]);
  });

  it('says nothing more once it is unsubscribed', async () => {
    await subscribe();
    await unsubscribe();
    await publish(heartbeat(1));
    expect(received).toEqual([]);
    expect(disconnects).toBe(0);
  });

  it('fails to publish while Redis is away, so that the publisher knows', async () => {
    await subscribe();
    await connected.proxy.cut();
    await until(() => !connected.redis.isReady());
    await expect(publish(heartbeat(1))).rejects.toThrow();
  });
});
