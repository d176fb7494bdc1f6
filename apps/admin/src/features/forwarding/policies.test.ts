import { zeroHash } from '@bank/ledger';
import { describe, expect, test } from 'vitest';
import { backOffMs, compare, emptyHead } from '#features/forwarding/policies.ts';

const hash = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);

describe('compare', () => {
  test.each([
    ['nothing yet', emptyHead, { forwarded: 0, recorded: 9, hashThere: zeroHash }, 0, 0],
    ['where it was left', { position: 5, hash }, { forwarded: 5, recorded: 9, hashThere: hash }, 5, 0],
    ['further than was noted', { position: 7, hash }, { forwarded: 5, recorded: 9, hashThere: hash }, 7, 0],
    ['behind what was noted', { position: 2, hash }, { forwarded: 5, recorded: 9, hashThere: hash }, 2, 3],
    ['emptied', emptyHead, { forwarded: 5, recorded: 9, hashThere: zeroHash }, 0, 5],
  ])('a receiver that stands %s is gone on with from there', (_where, head, ledger, position, lostByReceiver) => {
    expect(compare(head, ledger)).toEqual({ kind: 'agreed', position, lostByReceiver });
  });

  test.each([
    ['beyond the end of the ledger', { forwarded: 5, recorded: 6, hashThere: undefined }, 'receiver_ahead'],
    ['on another entry', { forwarded: 7, recorded: 9, hashThere: other }, 'hash_mismatch'],
    ['on an entry that the ledger has lost', { forwarded: 7, recorded: 9, hashThere: undefined }, 'hash_mismatch'],
  ])('a receiver that stands %s is disputed', (_where, ledger, dispute) => {
    expect(compare({ position: 7, hash }, ledger)).toEqual({ kind: 'disputed', dispute });
  });
});

test('back-off doubles to its most, and no two wait alike', () => {
  for (let failures = 1; failures <= 10; failures += 1) {
    const longest = Math.min(60_000, 1000 * 2 ** (failures - 1));
    const waits = Array.from({ length: 20 }, () => backOffMs(failures, { firstMs: 1000, mostMs: 60_000 }));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(longest / 2);
    expect(Math.max(...waits)).toBeLessThanOrEqual(longest);
    expect(new Set(waits).size).toBeGreaterThan(1);
  }
});
