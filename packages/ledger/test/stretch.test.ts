import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type EntryContent, type SignedCheckpoint, type StoredEntry, shardOf } from '#index.ts';
import { chainOf, nextCheckpoint, sourceOf, verifyPart } from './memory-ledger.ts';

const subject = 'somebody';
const shard = shardOf(subject);
/** Positions that a checkpoint ends at; six entries more are signed by none. */
const signedAt = [1, 9, 24];
const contents = Array.from({ length: 30 }, (_none, index) => contentOf(index));
const chain = chainOf(shard, contents);
const checkpoints: SignedCheckpoint[] = [];

beforeAll(async () => {
  let heads: Parameters<typeof nextCheckpoint>[2];
  for (const position of signedAt) {
    const source = sourceOf(new Map([[shard, chain.slice(0, position)]]));
    const next = await nextCheckpoint(checkpoints.at(-1), source, heads);
    checkpoints.push(next.signed);
    heads = next.heads;
  }
});

function contentOf(index: number): EntryContent {
  const digest = createHash('sha256').update(`entry ${index}`).digest('hex');
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-7${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const actor = { id: 'worker' };
  return { id, action: 'profile.updated', actor, subject, outcome: 'success', occurredAt: new Date('2026-11-23') };
}

const part = (after: number, entriesMax: number, { stored = chain, signed = checkpoints } = {}) =>
  verifyPart(signed, sourceOf(new Map([[shard, stored]])), { after, entriesMax });

describe('a stretch of the ledger', () => {
  test.each([
    [0, 1, { entries: 1, upTo: 1, atEnd: false }],
    [0, 2, { entries: 9, upTo: 2, atEnd: false }],
    [1, 8, { entries: 8, upTo: 2, atEnd: false }],
    [1, 100, { entries: 23, upTo: 3, atEnd: true }],
    [0, 100, { entries: 24, upTo: 3, atEnd: true }],
    [3, 100, { entries: 0, upTo: 3, atEnd: true }],
  ])('after checkpoint %i with %i entries reads what was signed, and no more', async (after, entriesMax, expected) => {
    expect(await part(after, entriesMax)).toEqual({ problems: [], ...expected });
  });

  test('of an empty ledger is at its end', async () => {
    expect(await part(0, 10, { stored: [], signed: [] })).toEqual({ problems: [], entries: 0, upTo: 0, atEnd: true });
  });
});

describe('SR-87: in a stretch', () => {
  const stored = (change: (entries: readonly EntryContent[]) => readonly EntryContent[]): StoredEntry[] =>
    chainOf(shard, change(contents));
  const rulesOf = async (...args: Parameters<typeof part>) => (await part(...args)).problems.map(({ rule }) => rule);
  const edit = stored((entries) => entries.with(4, { ...contentOf(4), outcome: 'denied' }));

  test('a changed entry is found by the stretch that it lies in, and by those after it', async () => {
    expect(await rulesOf(1, 5, { stored: edit })).toEqual(['not_signed']);
    expect(await rulesOf(0, 1, { stored: edit })).toEqual([]);
    expect(await rulesOf(2, 5, { stored: edit })).toEqual(['previous_hash']);
  });

  test('an entry that is missing is', async () => {
    expect(await rulesOf(1, 100, { stored: chain.toSpliced(4, 1) })).toEqual(['missing']);
    expect(await rulesOf(2, 100, { stored: chain.slice(0, 20) })).toEqual(['missing', 'head']);
    expect(await rulesOf(3, 100, { stored: chain.slice(0, 20) })).toEqual(['head']);
  });

  test('a checkpoint that is missing is, also the one where it begins', async () => {
    const [one, two, three] = checkpoints;
    expect(await rulesOf(0, 100, { signed: [one, three].filter((each) => each !== undefined) })).toContain(
      'checkpoint',
    );
    expect(await rulesOf(2, 100, { signed: [one, three].filter((each) => each !== undefined) })).toContain(
      'checkpoint',
    );
    expect(await rulesOf(3, 100, { signed: [one, two].filter((each) => each !== undefined) })).toContain('checkpoint');
  });

  test('a manifest that was not signed is', async () => {
    const signed = checkpoints.map((each, index) => (index === 1 ? { ...each, manifest: Buffer.alloc(24) } : each));
    expect(await rulesOf(1, 100, { signed })).toEqual(['checkpoint']);
  });
});
