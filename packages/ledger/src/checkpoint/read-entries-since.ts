import { shardCount } from '#chain/entry-form.ts';
import { CheckpointInvalid, emptyHeads, type ShardHead } from '#checkpoint/checkpoint.ts';
import type { EntrySource, StoredEntry } from '#verify/entry-source.ts';
import { ShardCheck } from '#verify/shard-check.ts';

/** What the next checkpoint is made of. */
export interface EntriesSince {
  readonly heads: readonly ShardHead[];
  /** By shard and position. */
  readonly entries: readonly StoredEntry[];
}

/**
 * Reads what was added since the heads of the last checkpoint, at most so many entries of each shard, and follows the
 * chain through it: nothing is signed that does not continue what was signed before.
 * @throws CheckpointInvalid naming the entry that is wrong
 */
export async function readEntriesSince(
  source: EntrySource,
  heads: readonly ShardHead[] = emptyHeads,
  ofShardMax = 1000,
): Promise<EntriesSince> {
  const shards: { head: ShardHead; entries: readonly StoredEntry[] }[] = [];
  for (let shard = 0; shard < shardCount; shard += 1) {
    const before = heads[shard];
    if (before === undefined) throw new CheckpointInvalid(`the checkpoint before has no shard ${shard}`);
    shards.push(await readShardSince(source, shard, before, ofShardMax));
  }
  return { heads: shards.map(({ head }) => head), entries: shards.flatMap(({ entries }) => entries) };
}

async function readShardSince(source: EntrySource, shard: number, before: ShardHead, max: number) {
  const stored = await source.headOf(shard);
  const hasFallen = stored === undefined || stored.position < before.position;
  if (hasFallen || (stored.position === before.position && stored.hash !== before.hash)) {
    throw new CheckpointInvalid(`the head of shard ${shard} is not one that follows the last checkpoint`);
  }
  if (stored.position === before.position) return { head: before, entries: [] };
  const after = { position: before.position + 1, id: '00000000-0000-0000-0000-000000000000' };
  const entries = await source.entriesOf(shard, { after, upTo: stored.position }, max);
  const check = new ShardCheck(shard, before, []);
  const problem =
    firstOf(entries, (entry) => check.take(entry)) ?? (entries.length < max ? check.end(stored) : undefined);
  if (problem !== undefined) {
    throw new CheckpointInvalid(`shard ${shard}, position ${problem.position}: ${problem.message}`);
  }
  return { head: { position: check.head.position, hash: check.head.hash }, entries };
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
