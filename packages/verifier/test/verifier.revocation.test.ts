import { fixedClock } from '@bank/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { claimsAt, newKey, PublishedKeys, SettableFeed, startedAt, tokenOf, verifierOf } from './issuer.ts';

const key = newKey('k1');
const token = tokenOf(key);
const { sub, sid } = claimsAt(startedAt);
const invalid = { code: 'auth.token.invalid', reason: 'revoked' };
const unavailable = { code: 'service.unavailable', details: { retryAfterSeconds: 1 } };

let feed: SettableFeed;
let verify: () => Promise<unknown>;

beforeEach(() => {
  feed = new SettableFeed();
  const verifier = verifierOf(new PublishedKeys(key), { clock: fixedClock(new Date(startedAt)), feed });
  verify = () => verifier.verify(token);
});

describe('SR-46: what is revoked is refused', () => {
  test.each([
    ['session', String(sid)],
    ['user', String(sub)],
  ])('by %s, before and after the token was remembered', async (_by, id) => {
    feed.revoked.add(id);
    await expect(verify()).rejects.toMatchObject(invalid);
    feed.revoked.clear();
    await expect(verify()).resolves.toBeDefined();
    feed.revoked.add(id);
    await expect(verify()).rejects.toMatchObject(invalid);
  });
});

describe('SR-58: what a revoked key has signed is refused', () => {
  const byKey = { code: 'auth.token.invalid', reason: 'revoked key' };

  test('before and after the token was remembered', async () => {
    feed.revokedKeys.add('k1');
    await expect(verify()).rejects.toMatchObject(byKey);
    feed.revokedKeys.clear();
    await expect(verify()).resolves.toBeDefined();
    feed.revokedKeys.add('k1');
    await expect(verify()).rejects.toMatchObject(byKey);
  });

  test('also while it is checked', async () => {
    const answer = verify();
    feed.revokedKeys.add('k1');
    await expect(answer).rejects.toMatchObject(byKey);
  });

  test('and what another key signs is not', async () => {
    feed.revokedKeys.add('k0');
    await expect(verify()).resolves.toBeDefined();
  });
});

describe('never probably fine', () => {
  test('while revocations are not current nothing is let through, the cache included', async () => {
    await expect(verify()).resolves.toBeDefined();
    feed.current = false;
    await expect(verify()).rejects.toMatchObject(unavailable);
  });

  test('a refill that is under way is waited for', async () => {
    feed.current = false;
    feed.whenSettled = () => {
      feed.current = true;
    };
    await expect(verify()).resolves.toBeDefined();
  });

  test('a feed that falls behind while the signature is checked counts', async () => {
    const answer = verify();
    feed.current = false;
    await expect(answer).rejects.toMatchObject(unavailable);
  });

  test('a revocation that arrives while the signature is checked counts', async () => {
    const answer = verify();
    feed.revoked.add(String(sid));
    await expect(answer).rejects.toMatchObject(invalid);
  });
});
