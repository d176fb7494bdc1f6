import { expect, test } from 'vitest';
import { staticKeyring } from '#keys/keyring.ts';
import { createNonceSource } from '#tokens/proof-nonce.ts';

const keys = { k1: new Uint8Array(32).fill(1), k2: new Uint8Array(32).fill(2) };
const source = createNonceSource(staticKeyring('proof-nonce', keys, 'k1'));
const now = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

test('SR-60: a nonce is good for 150 to 300 seconds', () => {
  const nonce = source.current(now);
  expect(nonce).toMatch(/^[\w-]{22}$/);
  expect(source.current(later(149))).toBe(nonce);
  expect(source.current(later(150))).not.toBe(nonce);
  expect([0, 150, 299].map((seconds) => source.accepts(nonce, later(seconds)))).toEqual([true, true, true]);
  expect(source.accepts(nonce, later(300))).toBe(false);
});

test('SR-60: it is taken by a process whose clock is behind, whose key is older or newer, and by nobody else', () => {
  const other = createNonceSource(staticKeyring('proof-nonce', keys, 'k2'));
  expect(other.accepts(source.current(now), now)).toBe(true);
  expect(source.accepts(other.current(later(10)), later(-10))).toBe(true);
  const stranger = createNonceSource(staticKeyring('proof-nonce', { k1: new Uint8Array(32).fill(3) }, 'k1'));
  expect(stranger.accepts(source.current(now), now)).toBe(false);
  for (const text of ['', 'x', source.current(now).toUpperCase()]) expect(source.accepts(text, now)).toBe(false);
});
