import { expect, it } from 'vitest';
import { createRefill, type ListedRevocation, type RevocationPage } from '#revocation/refill.ts';

const at = { seconds: 1_767_225_600n, nanos: 500_000_000 };
const atMs = 1_767_225_600_500;
const of = (number: bigint, target: ListedRevocation['target']) => ({ number, target, notBefore: at, expiresAt: at });

it('asks for page after page, and reads all three kinds of entries', async () => {
  const asked: unknown[] = [];
  const pages: RevocationPage[] = [
    {
      ...{ epoch: 3n, number: 2n, hasMore: true },
      entries: [of(1n, { case: 'sessionId', value: 's' }), of(2n, { case: 'userId', value: 'u' })],
    },
    { epoch: 3n, number: 3n, hasMore: false, entries: [of(3n, { case: 'signingKeyId', value: 'k' })] },
  ];
  const refill = createRefill(
    async (request) => pages[asked.push(request) - 1] ?? Promise.reject(new Error('too far')),
  );
  const times = { notBefore: atMs, expiresAt: atMs };
  expect(await refill()).toEqual({
    epoch: 3,
    number: 3,
    entries: [
      { number: 1, sid: 's', ...times },
      { number: 2, sub: 'u', ...times },
      { number: 3, kid: 'k', ...times },
    ],
  });
  expect(asked).toEqual([
    { epoch: 0n, sinceNumber: 0n },
    { epoch: 3n, sinceNumber: 2n },
  ]);
});

it('proves nothing by an entry that names what it does not know', async () => {
  const page = { epoch: 1n, number: 1n, hasMore: false, entries: [of(1n, { case: undefined })] };
  await expect(createRefill(async () => page)()).rejects.toThrow('names nobody');
});
