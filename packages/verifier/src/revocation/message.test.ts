import { describe, expect, test } from 'vitest';
import { parseRefillPage, parseRevocationMessage } from '#revocation/message.ts';

const entry = { number: 2, sid: 's1', notBefore: 1, expiresAt: 2 };

test('a push and a heartbeat are read, and nothing beyond what is known', () => {
  const others = [
    { number: 1, sub: 'u1', notBefore: 1, expiresAt: 2 },
    { number: 1, kid: 'k1', notBefore: 1, expiresAt: 2 },
  ];
  const message = { epoch: 1, number: 2, entries: [entry, ...others] };
  expect(parseRevocationMessage({ ...message, more: 1 })).toEqual(message);
  expect(parseRevocationMessage({ epoch: 0, number: 0, entries: [] })).toEqual({ epoch: 0, number: 0, entries: [] });
});

describe('half a message proves nothing', () => {
  test.each([
    null,
    'text',
    {},
    { epoch: 1, number: 2 },
    { epoch: -1, number: 2, entries: [] },
    { epoch: 1.5, number: 2, entries: [] },
    { epoch: '1', number: 2, entries: [] },
    { epoch: 1, number: 2 ** 53, entries: [] },
    { epoch: 1, number: 2, entries: [null] },
    { epoch: 1, number: 2, entries: [{ ...entry, sub: 'u1' }] },
    { epoch: 1, number: 2, entries: [{ ...entry, kid: 'k1' }] },
    { epoch: 1, number: 2, entries: [{ ...entry, sid: undefined }] },
    { epoch: 1, number: 2, entries: [{ ...entry, sid: '' }] },
    { epoch: 1, number: 2, entries: [{ ...entry, number: 3 }] },
    { epoch: 1, number: 2, entries: [{ ...entry, number: 0 }] },
    { epoch: 1, number: 2, entries: [{ ...entry, notBefore: Number.NaN }] },
    { epoch: 1, number: 2, entries: [{ ...entry, notBefore: 0 }] },
    { epoch: 1, number: 2, entries: [{ ...entry, expiresAt: 0 }] },
    { epoch: 1, number: 2, entries: [entry, { ...entry, expiresAt: '2' }] },
  ])('%j', (value) => {
    expect([parseRevocationMessage(value), parseRefillPage(value)]).toEqual([undefined, undefined]);
  });
});

test("a push has a bound, a page of a refill has none but its publisher's", () => {
  const entries = Array.from({ length: 100_001 }, () => entry);
  expect(parseRevocationMessage({ epoch: 1, number: 2, entries })).toBeUndefined();
  expect(parseRefillPage({ epoch: 1, number: 2, entries, hasMore: true })).toMatchObject({ number: 2, hasMore: true });
});
