import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type EntryContent, type SignedCheckpoint, shardOf } from '#index.ts';
import { chainOf, nextCheckpoint, sourceOf, verify } from './memory-ledger.ts';

const subject = 'somebody';
const shard = shardOf(subject);
/** Positions that a checkpoint ends at, and how many entries there are. */
const signedAt = [1, 9, 24];
const total = 30;
const lastSigned = 24;

const contents = Array.from({ length: total }, (_none, index) => contentOf(`entry ${index}`));
const checkpoints: SignedCheckpoint[] = [];

beforeAll(async () => {
  let heads: Parameters<typeof nextCheckpoint>[2];
  for (const position of signedAt) {
    const source = sourceOf(new Map([[shard, chainOf(shard, contents.slice(0, position))]]));
    const next = await nextCheckpoint(checkpoints.at(-1), source, heads);
    checkpoints.push(next.signed);
    heads = next.heads;
  }
});

function contentOf(name: string): EntryContent {
  const digest = createHash('sha256').update(name).digest('hex');
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-7${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const actor = { id: 'worker' };
  return { id, action: 'profile.updated', actor, subject, outcome: 'success', occurredAt: new Date('2026-11-23') };
}

/** What somebody does to the entries before computing the whole chain anew. */
const tamperings: Record<string, (at: number) => readonly EntryContent[]> = {
  edit: (at) => contents.with(at - 1, { ...contentOf(`entry ${at - 1}`), outcome: 'denied' }),
  delete: (at) => contents.toSpliced(at - 1, 1),
  insert: (at) => contents.toSpliced(at - 1, 0, contentOf('inserted')),
  exchange: (at) => [
    ...contents.slice(0, at - 1),
    ...contents.slice(at - 1, at + 1).reverse(),
    ...contents.slice(at + 1),
  ],
  truncate: (at) => contents.slice(0, at - 1),
};

test('what was signed is found whole', async () => {
  const report = await verify(new Map([[shard, chainOf(shard, contents)]]), checkpoints);
  expect(report).toMatchObject({ ok: true, problems: [], entries: total });
  expect(report.openWindow).toEqual({ entries: 6, shards: [{ shard, first: 25, last: 30 }] });
});

test.each(Object.entries(tamperings))(
  'SR-87: %s at any signed position is named there, whatever the pages',
  async (_name, tamper) => {
    const places = fc.record({
      at: fc.integer({ min: 1, max: lastSigned }),
      pageSize: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(places, async ({ at, pageSize }) => {
        const tampered = chainOf(shard, tamper(at));
        const { ok, problems } = await verify(new Map([[shard, tampered]]), checkpoints, pageSize);
        expect(ok).toBe(false);
        expect(problems).toHaveLength(1);
        const [problem] = problems;
        expect(problem).toMatchObject({ shard, position: at });
        expect(problem?.signedId ?? problem?.id).toBe(contents[at - 1]?.id);
      }),
    );
  },
);

test.each(Object.entries(tamperings))('%s in the open window cannot be seen', async (_name, tamper) => {
  const { ok } = await verify(new Map([[shard, chainOf(shard, tamper(lastSigned + 2))]]), checkpoints);
  expect(ok).toBe(true);
});

test('an entry of another shard’s subject is named', async () => {
  const moved = { ...contentOf('moved'), subject: 'somebody else' };
  expect(shardOf(moved.subject)).not.toBe(shard);
  const { problems } = await verify(new Map([[shard, chainOf(shard, [...contents, moved])]]), checkpoints);
  expect(problems).toMatchObject([{ rule: 'shard_of_subject', position: 31, id: moved.id }]);
});

test('a body of a form that is not known is named', async () => {
  const [first, ...rest] = chainOf(shard, contents.slice(0, 2));
  if (first === undefined) throw new Error('no entry');
  const body = first.body.replace('"version":1', '"version":2');
  const hash = createHash('sha256').update(body).digest('hex');
  const { problems } = await verify(new Map([[shard, [{ ...first, body, hash }, ...rest]]]), []);
  expect(problems).toMatchObject([{ rule: 'body', position: 1 }]);
});
