import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRevocationFeed, type RevocationFeed } from '#revocation/feed.ts';
import type { FeedPlace, RefillPage, RevocationEntry, RevocationMessage } from '#revocation/message.ts';

const clock = { now: () => new Date() };
const logger = { info: () => undefined, warn: () => undefined };

/** A publisher with its channel: what it pushes can be held up, lost, or sent twice; its refills can fail or hang. */
class Publisher {
  readonly truth: RevocationEntry[] = [];
  epoch = 1;
  refills: number[] = [];
  /** Refills that were neither answered nor given up. */
  openCalls = 0;
  refillWorks: () => Promise<void> = async () => undefined;
  subscribeWorks: () => Promise<void> = async () => undefined;
  #listener: ((message: RevocationMessage) => void) | undefined;
  #onDisconnect: (() => void) | undefined;

  readonly channel = {
    publish: async (message: RevocationMessage) => this.#listener?.(message),
    subscribe: async (onMessage: (message: RevocationMessage) => void, onDisconnect: () => void) => {
      await this.subscribeWorks();
      this.#listener = onMessage;
      this.#onDisconnect = onDisconnect;
      return async () => {
        this.#listener = undefined;
      };
    },
  };

  readonly refill = async (since: FeedPlace, signal: AbortSignal): Promise<RefillPage> => {
    this.refills.push(since.number);
    this.openCalls += 1;
    signal.addEventListener('abort', () => {
      this.openCalls -= 1;
    });
    await this.refillWorks();
    this.openCalls -= 1;
    const entries = this.truth.slice(since.epoch === this.epoch ? since.number : 0);
    return { epoch: this.epoch, number: this.truth.length, entries };
  };

  get isSubscribed(): boolean {
    return this.#listener !== undefined;
  }

  revoke(sid: string): RevocationMessage {
    const entry = { number: this.truth.length + 1, sid, notBefore: Date.now(), expiresAt: Date.now() + 600_000 };
    this.truth.push(entry);
    return { epoch: this.epoch, number: entry.number, entries: [entry] };
  }

  send(message: RevocationMessage = { epoch: this.epoch, number: this.truth.length, entries: [] }): void {
    this.#listener?.(message);
  }

  disconnect(): void {
    this.#onDisconnect?.();
  }

  async beat(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.send();
      await vi.advanceTimersByTimeAsync(1000);
    }
  }
}

let publisher: Publisher;
let feed: RevocationFeed;

function revoked(sid: string): boolean {
  return feed.isRevoked({ sid, sub: 'u', iat: Date.now() / 1000 - 3600 });
}

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
  publisher = new Publisher();
  feed = createRevocationFeed({ channel: publisher.channel, refill: publisher.refill, clock, logger });
});

afterEach(async () => {
  await feed.stop();
  vi.useRealTimers();
});

describe('started', () => {
  beforeEach(() => feed.start());

  test('it is current and stays so by heartbeats alone', async () => {
    await publisher.beat(60);
    expect([feed.isCurrent(), publisher.refills]).toEqual([true, [0]]);
  });

  test('SR-46: a push counts at once', () => {
    publisher.send(publisher.revoke('s1'));
    expect([revoked('s1'), revoked('s2')]).toEqual([true, false]);
  });

  test('a lost push is noticed by the next heartbeat and refilled since the last number', async () => {
    publisher.send(publisher.revoke('s1'));
    publisher.revoke('lost');
    publisher.send();
    expect(feed.isCurrent()).toBe(false);
    await feed.settled();
    expect([feed.isCurrent(), revoked('lost'), publisher.refills]).toEqual([true, true, [0, 1]]);
  });

  test('silence is refilled, and each further silence too: revocations go on without the channel', async () => {
    publisher.disconnect();
    publisher.revoke('s1');
    await vi.advanceTimersByTimeAsync(5100);
    expect([feed.isCurrent(), revoked('s1')]).toEqual([true, true]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(feed.isCurrent()).toBe(true);
    expect(publisher.refills.length).toBeGreaterThan(11);
    expect(publisher.refills.length).toBeLessThan(16);
  });

  test('a channel that tells of each attempt to connect keeps it as current as one that tells of the loss alone', async () => {
    publisher.send();
    publisher.disconnect();
    expect(feed.isCurrent()).toBe(false);
    for (let attempt = 1; attempt < 60; attempt += 1) {
      publisher.revoke(`s${attempt}`);
      await vi.advanceTimersByTimeAsync(Math.min(50 * attempt, 2000));
      publisher.disconnect();
      await feed.settled();
      expect(feed.isCurrent()).toBe(true);
    }
    await vi.advanceTimersByTimeAsync(5000);
    expect(revoked('s59')).toBe(true);
    expect(publisher.refills.length).toBeLessThan(22);
    // What it hears begins a new connection, whose loss counts.
    publisher.send();
    publisher.disconnect();
    expect(feed.isCurrent()).toBe(false);
  });

  test('when the refill fails too it is not current, until one succeeds', async () => {
    publisher.refillWorks = () => Promise.reject(new Error('away'));
    await vi.advanceTimersByTimeAsync(5000);
    await feed.settled();
    expect(feed.isCurrent()).toBe(false);
    await expect(feed.ping()).rejects.toThrow('not current');
    await publisher.beat(30);
    expect(feed.isCurrent()).toBe(false);
    // It backs off: 5 s is the most it waits.
    expect(publisher.refills.length).toBeLessThan(15);
    publisher.refillWorks = async () => undefined;
    await vi.advanceTimersByTimeAsync(5000);
    expect(feed.isCurrent()).toBe(true);
    await expect(feed.ping()).resolves.toBeUndefined();
  });

  test('a refill that hangs is given up, and its call ended, so that none pile up', async () => {
    publisher.refillWorks = () => new Promise(() => undefined);
    publisher.disconnect();
    const settled = feed.settled();
    await vi.advanceTimersByTimeAsync(1999);
    expect(publisher.openCalls).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await settled;
    expect(feed.isCurrent()).toBe(false);
    await vi.advanceTimersByTimeAsync(600_000);
    expect([publisher.openCalls <= 1, publisher.refills.length > 60]).toEqual([true, true]);
  });

  test('a lost connection is not current until refilled, and a request can wait for that', async () => {
    publisher.revoke('s1');
    publisher.disconnect();
    expect(feed.isCurrent()).toBe(false);
    await feed.settled();
    expect([feed.isCurrent(), revoked('s1')]).toEqual([true, true]);
  });

  test('a new publisher takes over with a new epoch', async () => {
    publisher.send(publisher.revoke('s1'));
    publisher.epoch = 2;
    publisher.send(publisher.revoke('s2'));
    await feed.settled();
    expect([feed.isCurrent(), revoked('s1'), revoked('s2'), publisher.refills]).toEqual([true, true, true, [0, 0]]);
    publisher.send({ epoch: 1, number: 99, entries: [] });
    expect(feed.isCurrent()).toBe(true);
  });

  test('an epoch that nobody answers for cannot make it spin', async () => {
    for (let sent = 0; sent < 600; sent += 1) {
      publisher.send({ epoch: 99, number: 0, entries: [] });
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(publisher.refills.length).toBeLessThan(30);
  });

  test('a clock that is set back hides no silence', async () => {
    publisher.send();
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(feed.isCurrent()).toBe(false);
    await feed.settled();
    expect(feed.isCurrent()).toBe(true);
  });

  test('stopped, it is not current and asks nobody any more', async () => {
    await feed.stop();
    expect([feed.isCurrent(), publisher.isSubscribed]).toEqual([false, false]);
    publisher.disconnect();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(publisher.refills).toEqual([0]);
  });
});

test('a channel that cannot be subscribed is tried again, and the feed lives on refills meanwhile', async () => {
  publisher.subscribeWorks = () => Promise.reject(new Error('away'));
  await feed.start();
  expect(feed.isCurrent()).toBe(true);
  publisher.subscribeWorks = async () => undefined;
  await vi.advanceTimersByTimeAsync(5000);
  expect(publisher.isSubscribed).toBe(true);
  publisher.send(publisher.revoke('s1'));
  await feed.settled();
  expect([feed.isCurrent(), revoked('s1')]).toEqual([true, true]);
});

test('a start without anyone to ask resolves, not current', async () => {
  publisher.refillWorks = () => Promise.reject(new Error('away'));
  await feed.start();
  expect(feed.isCurrent()).toBe(false);
});

test('a publisher that comes up a while after it is asked again within half a second', async () => {
  publisher.refillWorks = () => Promise.reject(new Error('away'));
  await feed.start();
  await vi.advanceTimersByTimeAsync(20_000);
  publisher.refillWorks = async () => undefined;
  await vi.advanceTimersByTimeAsync(450);
  expect(feed.isCurrent()).toBe(true);
  // Once it has been, a publisher that stays away is left alone for longer.
  publisher.refillWorks = () => Promise.reject(new Error('away'));
  publisher.disconnect();
  await vi.advanceTimersByTimeAsync(20_000);
  publisher.refills = [];
  await vi.advanceTimersByTimeAsync(4000);
  expect(publisher.refills.length).toBeLessThan(2);
});

test('however bad the network was, it ends at the truth once the network is well', async () => {
  const trouble = fc.array(fc.constantFrom('revoke', 'lose', 'beat', 'twice', 'cut', 'epoch', 'fail', 'work', 'wait'), {
    maxLength: 60,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(trouble, async (steps) => {
      const own = new Publisher();
      const tried = createRevocationFeed({ channel: own.channel, refill: own.refill, clock, logger });
      await tried.start();
      for (const step of steps) {
        if (step === 'revoke') own.send(own.revoke(`s${own.truth.length + 1}`));
        if (step === 'lose') own.revoke(`s${own.truth.length + 1}`);
        if (step === 'beat') own.send();
        if (step === 'twice') for (let count = 0; count < 2; count += 1) own.send();
        if (step === 'cut') own.disconnect();
        if (step === 'epoch') own.epoch += 1;
        if (step === 'fail') own.refillWorks = () => Promise.reject(new Error('away'));
        if (step === 'work') own.refillWorks = async () => undefined;
        await vi.advanceTimersByTimeAsync(step === 'wait' ? 3000 : 0);
      }
      own.refillWorks = async () => undefined;
      await own.beat(12);
      const iat = Date.now() / 1000 - 3600;
      expect(tried.isCurrent()).toBe(true);
      expect(own.truth.filter(({ sid = '' }) => !tried.isRevoked({ sid, sub: 'u', iat }))).toEqual([]);
      await tried.stop();
    }),
    { numRuns: 150 },
  );
});
