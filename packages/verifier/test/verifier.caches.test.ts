import { type FixedClock, fixedClock } from '@bank/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Verifier } from '#index.ts';
import { claimsAt, newKey, PublishedKeys, SettableFeed, startedAt, tokenOf, verifierOf } from './issuer.ts';

const first = newKey('k1');
const second = newKey('k2');
const away = () => Promise.reject(new Error('away'));
const invalid = { code: 'auth.token.invalid' };
const unavailable = { code: 'service.unavailable' };

let clock: FixedClock;
let published: PublishedKeys;
let verifier: Verifier;

beforeEach(() => {
  clock = fixedClock(new Date(startedAt));
  published = new PublishedKeys(first);
  verifier = verifierOf(published, { clock });
});

function fresh(key = first): string {
  return tokenOf(key, { claims: { ...claimsAt(clock.now().getTime()) } });
}

describe('verified tokens', () => {
  test('are remembered, until they expire', async () => {
    const token = fresh();
    const claims = await verifier.verify(token);
    expect(await verifier.verify(token)).toBe(claims);
    clock.advance(309_000);
    await expect(verifier.verify(token)).rejects.toMatchObject({ ...invalid, reason: 'exp' });
  });

  test('are bounded in number', async () => {
    verifier = verifierOf(published, { clock, cacheMax: 2 });
    const tokens = ['1', '2', '3'].map((n) => tokenOf(first, { claims: { jti: n.repeat(20) } }));
    const before = await verifier.verify(tokens[0] ?? '');
    for (const token of tokens) await verifier.verify(token);
    expect(await verifier.verify(tokens[0] ?? '')).not.toBe(before);
  });

  test('of a key that was withdrawn are forgotten with it', async () => {
    const token = fresh();
    await verifier.verify(token);
    published.keys = [second];
    clock.advance(301_000);
    await verifier.verify(fresh(second));
    await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
  });
});

describe('public keys', () => {
  test('are read once, however many ask at once', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => verifier.verify(tokenOf(first, { claims: { jti: `jti-${n}-1234` } }))),
    );
    expect(published.loads).toBe(1);
  });

  test('SR-58: a key that is new is found at its first use, the old one goes on', async () => {
    await verifier.verify(fresh());
    published.keys = [first, second];
    clock.advance(5000);
    await expect(verifier.verify(fresh(second))).resolves.toBeDefined();
    await expect(verifier.verify(fresh())).resolves.toBeDefined();
    expect(published.loads).toBe(2);
  });

  test('SR-53: unknown key ids cannot make it ask more than once in five seconds', async () => {
    await verifier.verify(fresh());
    const strangers = Array.from({ length: 100 }, (_, n) => tokenOf(newKey(`x${n}`)));
    for (const token of strangers) await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
    expect(published.loads).toBe(1);
    clock.advance(5000);
    for (const token of strangers) await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
    expect(published.loads).toBe(2);
  });

  test('SR-58: after a key was revoked its successor is asked for at once, and until it is there', async () => {
    const feed = new SettableFeed();
    verifier = verifierOf(published, { clock, feed });
    await verifier.verify(fresh());
    feed.revokedKeys.add('k1');
    // The issuer has another replica, which does not know yet: whether the key exists cannot be told.
    await expect(verifier.verify(fresh(second))).rejects.toMatchObject(unavailable);
    expect(published.loads).toBe(2);
    published.keys = [second];
    await expect(verifier.verify(fresh(second))).rejects.toMatchObject(unavailable);
    clock.advance(500);
    await expect(verifier.verify(fresh(second))).resolves.toBeDefined();
    expect(published.loads).toBe(3);
    clock.advance(10_000);
    const stranger = () => verifier.verify(tokenOf(newKey('x1'), { claims: claimsAt(clock.now().getTime()) }));
    for (const _ of [1, 2, 3]) await expect(stranger()).rejects.toMatchObject(invalid);
    expect(published.loads).toBe(4);
  });

  test('SR-53: nor while a successor is expected, when they are answered like it, and nobody else is', async () => {
    const feed = new SettableFeed();
    verifier = verifierOf(new PublishedKeys(second), { clock, feed });
    await verifier.verify(fresh(second));
    feed.revokedKeys.add('k1');
    for (let n = 0; n < 20; n += 1) {
      await expect(verifier.verify(tokenOf(newKey(`x${n}`)))).rejects.toMatchObject(unavailable);
      await expect(verifier.verify(fresh(second))).resolves.toBeDefined();
    }
    await expect(verifier.verify(fresh())).rejects.toMatchObject({ ...invalid, reason: 'revoked key' });
  });

  test('are read again at their age, in the background', async () => {
    published.maxAgeSeconds = 60;
    await verifier.verify(fresh());
    clock.advance(59_000);
    await verifier.verify(fresh());
    expect(published.loads).toBe(1);
    clock.advance(1000);
    await verifier.verify(fresh());
    expect(published.loads).toBe(2);
  });

  test('stay in use when they cannot be read', async () => {
    await verifier.verify(fresh());
    published.works = away;
    clock.advance(3_600_000);
    await expect(verifier.verify(fresh())).resolves.toBeDefined();
    // Whether an unknown key exists cannot be known now: that is our fault, not the token's.
    await expect(verifier.verify(fresh(second))).rejects.toMatchObject(unavailable);
    published.works = async () => undefined;
    clock.advance(5000);
    await expect(verifier.verify(fresh(second))).rejects.toMatchObject(invalid);
  });

  test('that could never be read make it unavailable, and it recovers', async () => {
    published.works = away;
    await expect(verifier.start()).resolves.toBeUndefined();
    await expect(verifier.verify(fresh())).rejects.toMatchObject(unavailable);
    await expect(verifier.ping()).rejects.toThrow('not known');
    published.works = async () => undefined;
    await expect(verifier.ping()).resolves.toBeUndefined();
    await expect(verifier.verify(fresh())).resolves.toBeDefined();
  });
});
