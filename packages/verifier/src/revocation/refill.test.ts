import { expect, it } from 'vitest';
import { createRefill, type ListedRevocation, type RevocationPage } from '#revocation/refill.ts';

const at = { seconds: 1_767_225_600n, nanos: 500_000_000 };
const atMs = 1_767_225_600_500;
const of = (number: bigint, target: ListedRevocation['target']) => ({ number, target, notBefore: at, expiresAt: at });

const { signal } = new AbortController();

it('asks after the place it is given until it is told to give up, and reads all three kinds of entries', async () => {
  const asked: unknown[] = [];
  const entries = [
    of(3n, { case: 'sessionId', value: 's' }),
    of(4n, { case: 'userId', value: 'u' }),
    of(5n, { case: 'signingKeyId', value: 'k' }),
  ];
  const refill = createRefill(async (request, options) => {
    asked.push(request, options.signal);
    return { epoch: 3n, number: 5n, hasMore: true, entries };
  });
  const times = { notBefore: atMs, expiresAt: atMs };
  expect(await refill({ epoch: 3, number: 2 }, signal)).toEqual({
    ...{ epoch: 3, number: 5, hasMore: true },
    entries: [
      { number: 3, sid: 's', ...times },
      { number: 4, sub: 'u', ...times },
      { number: 5, kid: 'k', ...times },
    ],
  });
  expect(asked).toEqual([{ epoch: 3n, sinceNumber: 2n }, signal]);
});

const session = of(1n, { case: 'sessionId', value: 's' });

it.each([
  ['names what it does not know', of(1n, { case: undefined }), 'names nobody'],
  ['does not say until when it counts', { ...session, expiresAt: undefined }, 'without a time'],
  ['does not say from when it counts', { ...session, notBefore: undefined }, 'without a time'],
])('proves nothing by an entry that %s', async (_what, entry, message) => {
  const page: RevocationPage = { epoch: 1n, number: 1n, hasMore: false, entries: [entry] };
  await expect(createRefill(async () => page)({ epoch: 0, number: 0 }, signal)).rejects.toThrow(message);
});
