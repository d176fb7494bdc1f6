import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RevokedEntries } from '#revocation/entries.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

function entry(fields: { sid?: string; sub?: string; notBefore: number; expiresAt?: number }) {
  return { number: 1, expiresAt: now + 600_000, ...fields };
}

test('a token issued at or before notBefore is void, one issued a millisecond later is not, for every millisecond', () => {
  const anyMs = fc.integer({ min: now - 10 ** 12, max: now + 10 ** 12 });
  fc.assert(
    fc.property(anyMs, (notBefore) => {
      const entries = new RevokedEntries();
      entries.add(entry({ sid: 's', notBefore }), now);
      const issued = (atMs: number) => ({ sid: 's', sub: 'u', iat: JSON.parse(String(atMs / 1000)) as number });
      expect(entries.covers(issued(notBefore))).toBe(true);
      expect(entries.covers(issued(notBefore - 1))).toBe(true);
      expect(entries.covers(issued(notBefore + 1))).toBe(false);
    }),
  );
});

test('a session is revoked alone, a user with all sessions', () => {
  const entries = new RevokedEntries();
  entries.add(entry({ sid: 's1', notBefore: now }), now);
  entries.add(entry({ sub: 'u2', notBefore: now }), now);
  const iat = now / 1000 - 1;
  expect(entries.covers({ sid: 's1', sub: 'u1', iat })).toBe(true);
  expect(entries.covers({ sid: 's2', sub: 'u1', iat })).toBe(false);
  expect(entries.covers({ sid: 'any', sub: 'u2', iat })).toBe(true);
  // The id of a session is not the id of a user.
  expect(entries.covers({ sid: 'u2', sub: 's1', iat })).toBe(false);
});

test('a key is revoked for all that it ever signed, and each one is counted once', () => {
  const entries = new RevokedEntries();
  const revoked = { number: 1, kid: 'k1', notBefore: now, expiresAt: now + 10 };
  for (const _ of [1, 2]) entries.add(revoked, now);
  expect([entries.coversKey('k1'), entries.coversKey('k2'), entries.keysAdded, entries.size]).toEqual([
    true,
    false,
    1,
    1,
  ]);
  expect(entries.covers({ sid: 'k1', sub: 'k1', iat: 1 })).toBe(false);
  entries.prune(now + 10);
  expect([entries.coversKey('k1'), entries.keysAdded, entries.size]).toEqual([false, 1, 0]);
});

test('an older entry never weakens a newer one, in any order', () => {
  const times = fc.array(fc.integer({ min: now - 1000, max: now + 1000 }), { minLength: 1 });
  fc.assert(
    fc.property(times, (notBefores) => {
      const entries = new RevokedEntries();
      for (const notBefore of notBefores) entries.add(entry({ sub: 'u', notBefore }), now);
      const latest = Math.max(...notBefores);
      expect(entries.covers({ sid: 's', sub: 'u', iat: latest / 1000 })).toBe(true);
      expect(entries.covers({ sid: 's', sub: 'u', iat: (latest + 1) / 1000 })).toBe(false);
      expect(entries.size).toBe(1);
    }),
  );
});

test('entries are forgotten when they expire, and never taken in afterwards', () => {
  const entries = new RevokedEntries();
  entries.add(entry({ sid: 'a', notBefore: now, expiresAt: now + 10 }), now);
  entries.add(entry({ sub: 'b', notBefore: now, expiresAt: now + 20 }), now);
  entries.prune(now + 10);
  expect(entries.size).toBe(1);
  entries.prune(now + 20);
  entries.add(entry({ sid: 'c', notBefore: now, expiresAt: now + 20 }), now + 20);
  expect(entries.size).toBe(0);
});
