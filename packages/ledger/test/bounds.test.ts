import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type CheckpointTable,
  type EntryContent,
  type EntrySource,
  emptyHeads,
  type LookBack,
  type SignedCheckpoint,
  type StoredEntry,
  shardOf,
} from '#index.ts';
import { chainOf, sign, sourceOf, storeOf, verifyPart, verifyStored } from './memory-ledger.ts';

const subject = 'somebody';
const shard = shardOf(subject);
/** A checkpoint for each entry, as a quiet ledger has. */
const total = 3000;
const contents = Array.from({ length: total }, (_none, index) => contentOf(`entry ${index}`));
const chain = chainOf(shard, contents);
const checkpoints: SignedCheckpoint[] = [];

beforeAll(() => {
  for (const entry of chain) {
    const heads = emptyHeads.with(shard, { position: entry.position, hash: entry.hash });
    checkpoints.push(sign(checkpoints.at(-1), { heads, entries: [entry] }));
  }
});

function contentOf(name: string): EntryContent {
  const digest = createHash('sha256').update(name).digest('hex');
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-7${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const actor = { id: 'worker' };
  return { id, action: 'profile.updated', actor, subject, outcome: 'success', occurredAt: new Date('2026-11-23') };
}

/** A ledger that counts how many checkpoints were read, and how many at most before the entries that they signed were. */
function watched(signed: readonly SignedCheckpoint[] = checkpoints) {
  const seen = { checkpoints: 0, newest: 0, aheadMax: 0 };
  const [stored, source] = [storeOf(signed), sourceOf(new Map([[shard, chain]]))];
  const table: CheckpointTable = {
    ...stored,
    async *readAfter(number) {
      for await (const checkpoint of stored.readAfter(number)) {
        seen.checkpoints += 1;
        seen.newest = checkpoint.number;
        yield checkpoint;
      }
    },
  };
  const entries: EntrySource = {
    ...source,
    entriesOf(of, range, limit) {
      if (of === shard) seen.aheadMax = Math.max(seen.aheadMax, seen.newest - Math.max(0, range.after.position));
      return source.entriesOf(of, range, limit);
    },
  };
  return { seen, verify: (lookBack?: LookBack) => verifyStored(entries, { table }, lookBack ? { lookBack } : {}) };
}

describe('a ledger of some thousand checkpoints', () => {
  test('is verified whole, a few hundred checkpoints at a time', async () => {
    const { seen, verify } = watched();
    const report = await verify();
    expect(report).toMatchObject({ ok: true, entries: total, fromCheckpoint: 0, openWindow: { entries: 0 } });
    expect(report.checkpoints).toMatchObject({ verified: total, last: { number: total } });
    expect(seen.checkpoints).toBe(total);
    expect(seen.aheadMax).toBeLessThanOrEqual(501);
  });

  test.each<[string, LookBack, number]>([
    ['so many entries', { entriesMax: 200, checkpointsMax: 1000 }, 200],
    ['so many checkpoints', { entriesMax: 1_000_000, checkpointsMax: 300 }, 300],
    ['the newest checkpoint at least', { entriesMax: 0, checkpointsMax: 300 }, 1],
  ])('is looked at from a checkpoint on that lies back %s', async (_what, lookBack, count) => {
    const { seen, verify } = watched();
    const report = await verify(lookBack);
    expect(report).toMatchObject({ ok: true, entries: count, fromCheckpoint: total - count });
    expect(report.checkpoints).toMatchObject({ verified: count, last: { number: total } });
    expect(seen.checkpoints).toBe(count + 1);
  });

  test('is not looked at from a checkpoint on that is missing or was not signed', async () => {
    const lookBack = { entriesMax: 200, checkpointsMax: 1000 };
    const base = total - lookBack.entriesMax;
    const without = await watched(checkpoints.toSpliced(base - 1, 1)).verify(lookBack);
    expect(without).toMatchObject({
      ok: false,
      entries: 0,
      problems: [{ checkpoint: base, message: 'it is missing' }],
    });
    const forged = { number: base, jws: 'x', manifest: Buffer.alloc(24) };
    const changed = await watched(checkpoints.with(base - 1, forged)).verify(lookBack);
    expect(changed).toMatchObject({ ok: false, entries: 0, problems: [{ rule: 'checkpoint', checkpoint: base }] });
    const renamed = { ...checkpoints[0], number: base } as SignedCheckpoint;
    const older = await watched(checkpoints.with(base - 1, renamed)).verify(lookBack);
    expect(older).toMatchObject({ ok: false, problems: [{ message: 'it was signed with another number' }] });
  });
});

test('a stretch of it ends after a thousand checkpoints', async () => {
  const entries = sourceOf(new Map([[shard, chain]]));
  const report = await verifyPart(checkpoints, entries, { after: 1500, entriesMax: 25_000 });
  expect(report).toEqual({ problems: [], entries: 1000, upTo: 2500, atEnd: false });
});

describe('SR-87: where one part of it ends and the next begins', () => {
  const problemsOf = async (stored: readonly StoredEntry[]) =>
    (await verifyStored(sourceOf(new Map([[shard, stored]])), { table: storeOf(checkpoints) }, {})).problems;

  test.each([500, 501, 1000, 3000])('what happened at %i is named there', async (at) => {
    const id = contents[at - 1]?.id;
    const edited = contents.with(at - 1, { ...contentOf(`entry ${at - 1}`), outcome: 'denied' });
    expect(await problemsOf(chainOf(shard, edited))).toMatchObject([{ rule: 'not_signed', shard, position: at, id }]);
    const cut = await problemsOf(chain.slice(0, at - 1));
    expect(cut).toMatchObject([{ rule: 'missing', shard, position: at, signedId: id, checkpoint: at }]);
    const twice = chain.toSpliced(at, 0, {
      ...(chain[at - 1] as StoredEntry),
      id: 'ffffffff-ffff-7fff-8fff-ffffffffffff',
    });
    expect(await problemsOf(twice)).toMatchObject([{ rule: 'position', shard, position: at }]);
  });

  test('another end of a shard is not signed without another entry', async () => {
    const heads = emptyHeads.with(shard, { position: total, hash: 'f'.repeat(64) });
    const other = sign(checkpoints.at(-1), { heads, entries: [] });
    const table = storeOf([...checkpoints, other]);
    const { problems } = await verifyStored(sourceOf(new Map([[shard, chain]])), { table }, {});
    expect(problems).toMatchObject([{ rule: 'checkpoint', checkpoint: total + 1 }]);
  });
});
