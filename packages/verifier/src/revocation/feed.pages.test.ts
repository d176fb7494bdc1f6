import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRevocationFeed, type RevocationFeed } from '#revocation/feed.ts';
import type { FeedPlace, RefillPage, RevocationEntry, RevocationMessage } from '#revocation/message.ts';

const pageMax = 5000;
const many = 4 * pageMax;

/** Answers refills in pages, each of which may take its time, be of another epoch or come to nothing. */
class Pages {
  asked: FeedPlace[] = [];
  epoch = 1;
  onPage: (page: RefillPage) => RefillPage | Promise<RefillPage> = (page) => page;
  readonly #truth: RevocationEntry[] = [];

  revoke(): RevocationEntry {
    const number = this.#truth.length + 1;
    const entry = { number, sid: `s${number}`, notBefore: Date.now(), expiresAt: Date.now() + 600_000 };
    this.#truth.push(entry);
    return entry;
  }

  readonly refill = async (since: FeedPlace): Promise<RefillPage> => {
    this.asked.push(since);
    const from = since.epoch === this.epoch ? since.number : 0;
    const entries = this.#truth.slice(from, from + pageMax);
    const number = from + entries.length;
    return await this.onPage({ epoch: this.epoch, number, entries, hasMore: number < this.#truth.length });
  };
}

const warnings: string[] = [];
const logger = { info: () => undefined, warn: (_fields: object, message: string) => void warnings.push(message) };

let pages: Pages;
let feed: RevocationFeed;
let push: (message: RevocationMessage) => void;
let disconnect: () => void;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
  warnings.length = 0;
  pages = new Pages();
  for (let count = 0; count < many; count += 1) pages.revoke();
  const subscribe = async (onMessage: typeof push, onDisconnect: typeof disconnect) => {
    [push, disconnect] = [onMessage, onDisconnect];
    return async () => undefined;
  };
  feed = createRevocationFeed({ channel: { subscribe }, refill: pages.refill, logger });
});

afterEach(async () => {
  await feed.stop();
  vi.useRealTimers();
});

function revoked(number: number): boolean {
  return feed.isRevoked({ sid: `s${number}`, sub: 'u', iat: Date.now() / 1000 - 3600 });
}

test('SR-46: a refill of 150,000 entries ends current, page by page', async () => {
  while (pages.revoke().number < 150_000);
  await feed.start();
  expect([feed.isCurrent(), revoked(1), revoked(150_000), warnings]).toEqual([true, true, true, []]);
  expect(pages.asked).toHaveLength(150_000 / pageMax);
  expect(pages.asked.slice(0, 2)).toEqual([
    { epoch: 0, number: 0 },
    { epoch: 1, number: pageMax },
  ]);
});

test('a lost connection asks for what is new alone, and a new epoch from the beginning', async () => {
  await feed.start();
  pages.asked = [];
  pages.revoke();
  disconnect();
  await feed.settled();
  expect([feed.isCurrent(), revoked(many + 1), pages.asked]).toEqual([true, true, [{ epoch: 1, number: many }]]);
  push({ epoch: 1, number: many + 1, entries: [] });
  pages.asked = [];
  pages.epoch = 2;
  pages.revoke();
  disconnect();
  await feed.settled();
  expect([feed.isCurrent(), revoked(many + 2)]).toEqual([true, true]);
  expect(pages.asked.slice(0, 2)).toEqual([
    { epoch: 1, number: many + 1 },
    { epoch: 0, number: 0 },
  ]);
});

test('a gap asks after the last number before it', async () => {
  await feed.start();
  pages.asked = [];
  pages.revoke();
  const entry = pages.revoke();
  push({ epoch: 1, number: entry.number, entries: [entry] });
  expect(feed.isCurrent()).toBe(false);
  await feed.settled();
  expect([feed.isCurrent(), revoked(many + 1), pages.asked]).toEqual([true, true, [{ epoch: 1, number: many }]]);
});

test('SR-46: a page that cannot be read leaves it not current, says so, and is asked for again', async () => {
  pages.onPage = (page) => (page.number === 3 * pageMax ? { ...page, entries: [{}] as RevocationEntry[] } : page);
  await feed.start();
  expect([feed.isCurrent(), revoked(1), revoked(many)]).toEqual([false, true, false]);
  await expect(feed.ping()).rejects.toThrow('not current');
  expect(new Set(warnings)).toEqual(new Set(['refill answered what cannot be read']));
  pages.onPage = (page) => page;
  pages.asked = [];
  await vi.advanceTimersByTimeAsync(5000);
  expect([feed.isCurrent(), revoked(many)]).toEqual([true, true]);
  expect(pages.asked[0]).toEqual({ epoch: 1, number: 2 * pageMax });
});

test('SR-46: a page that fails leaves it not current, and the next try begins after what was read', async () => {
  pages.onPage = (page) => (page.number === 3 * pageMax ? Promise.reject(new Error('away')) : page);
  await feed.start();
  expect(feed.isCurrent()).toBe(false);
  pages.onPage = (page) => page;
  pages.asked = [];
  await vi.advanceTimersByTimeAsync(5000);
  expect([feed.isCurrent(), pages.asked[0]]).toEqual([true, { epoch: 1, number: 2 * pageMax }]);
});

test('a refill may take longer than one page, while requests do not wait for it that long', async () => {
  pages.onPage = (page) => new Promise((resolve) => setTimeout(() => resolve(page), 1500));
  const start = feed.start();
  await vi.advanceTimersByTimeAsync(2000);
  await start;
  expect(feed.isCurrent()).toBe(false);
  await feed.settled();
  expect(feed.isCurrent()).toBe(false);
  await vi.advanceTimersByTimeAsync(1500 * (many / pageMax) - 2000);
  expect([feed.isCurrent(), pages.asked.length]).toEqual([true, many / pageMax]);
});

test('stopped between two pages it asks for no other', async () => {
  pages.onPage = async (page) => {
    await feed.stop();
    return page;
  };
  await feed.start();
  expect([feed.isCurrent(), pages.asked.length]).toEqual([false, 1]);
});
