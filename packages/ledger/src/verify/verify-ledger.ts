import { shardCount } from '#chain/entry-form.ts';
import type { TrustedKeys } from '#checkpoint/checkpoint-keys.ts';
import type { EntrySource } from '#verify/entry-source.ts';
import { firstBad, manifestOfShard } from '#verify/first-bad.ts';
import type { LedgerProblem, LedgerReport, OpenWindow } from '#verify/report.ts';
import type { SignedHead } from '#verify/shard-check.ts';
import { type CheckpointPlaces, headsAfter, readTrail, type Trail } from '#verify/trail.ts';
import { type VerifiedShard, verifyShard } from '#verify/verify-shard.ts';

export interface VerifyLedgerOptions {
  readonly entries: EntrySource;
  readonly checkpoints: CheckpointPlaces;
  readonly keys: TrustedKeys;
  /** Reads at most about so many signed entries, from a checkpoint on; all unless given. */
  readonly entriesMax?: number;
  /**
   * Shards that are read at the same time; all unless given. In step they read the same part of the table, which then is
   * read once; the source decides how many statements run at the same time.
   */
  readonly lanes?: number;
  /** Entries that are fetched at once, 1,000 unless given. */
  readonly pageSize?: number;
  readonly now?: () => Date;
}

/** A file that lacks a checkpoint for longer than this is no copy any more. */
const fileBehindMaxMs = 300_000;

/**
 * Verifies the ledger against its signed checkpoints: every shard in order, each entry's form, hash and place, and every
 * signed head. Names the first bad entry of each shard also when the chain was computed anew after it, and tells which
 * entries no checkpoint covers yet. Reads while the ledger grows.
 */
export async function verifyLedger(options: VerifyLedgerOptions): Promise<LedgerReport> {
  const { entries, checkpoints: places, keys, lanes = shardCount, pageSize = 1000, now = () => new Date() } = options;
  const startedAt = performance.now();
  const trail = await readTrail(places, keys);
  const from = startOf(trail, options.entriesMax);
  const shards = await inLanes(lanes, shardCount, (shard) =>
    verifyShard({
      shard,
      start: headOf(trail, from, shard),
      signed: signedHeads(trail, from, shard),
      entries,
      pageSize,
    }),
  );
  const named = await Promise.all(shards.map((verified) => nameFirstBad(verified, trail, places)));
  const stray = await entries.findStray();
  const problems = [
    ...trail.problems,
    ...staleFileProblems(trail, now()),
    ...named.filter((problem) => problem !== undefined),
    ...(stray === undefined ? [] : [strayProblem(stray)]),
  ];
  return {
    ok: problems.length === 0,
    problems,
    entries: shards.reduce((sum, { read }) => sum + read, 0),
    fromCheckpoint: from,
    checkpoints: {
      verified: trail.checkpoints.length,
      last: lastOf(trail),
      fileBehind: places.file === undefined ? null : trail.fileBehind,
    },
    openWindow: openWindowOf(trail, shards),
    milliseconds: Math.round(performance.now() - startedAt),
  };
}

/** The newest checkpoint from which on at least so many entries are signed; 0 for the beginning. */
function startOf({ checkpoints }: Trail, entriesMax: number | undefined): number {
  const total = (heads: readonly { position: number }[] = []) => heads.reduce((sum, { position }) => sum + position, 0);
  const signed = total(checkpoints.at(-1)?.heads);
  if (entriesMax === undefined || signed <= entriesMax) return 0;
  return checkpoints.findLast(({ heads }) => signed - total(heads) >= entriesMax)?.number ?? 0;
}

function headOf(trail: Trail, from: number, shard: number) {
  const head = headsAfter(trail, from)[shard];
  if (head === undefined) throw new Error(`checkpoint ${from} has no shard ${shard}`);
  return head;
}

function signedHeads(trail: Trail, from: number, shard: number): SignedHead[] {
  return trail.checkpoints.slice(from).flatMap(({ number, heads }) => {
    const head = heads[shard];
    return head === undefined ? [] : [{ ...head, checkpoint: number }];
  });
}

/** The problem of a shard, moved to the first entry that is not the signed one when a manifest shows an earlier one. */
async function nameFirstBad(
  { problem, check }: VerifiedShard,
  trail: Trail,
  { table, file }: CheckpointPlaces,
): Promise<LedgerProblem | undefined> {
  const number = check.nextSigned?.checkpoint;
  if (problem === undefined || number === undefined) return problem;
  const manifest = (await file?.manifestOf(number)) ?? (await table.manifestOf(number));
  if (manifest === undefined) return problem;
  const signed = manifestOfShard(manifest, check.shard, {
    before: headsAfter(trail, number - 1),
    after: headsAfter(trail, number),
  });
  return firstBad(problem, check, { checkpoint: number, entries: signed });
}

function staleFileProblems({ checkpoints, fileBehind }: Trail, now: Date): LedgerProblem[] {
  const missing = fileBehind === 0 ? undefined : checkpoints.at(-fileBehind);
  if (missing === undefined || now.getTime() - missing.signedAt.getTime() < fileBehindMaxMs) return [];
  return [{ rule: 'checkpoint', checkpoint: missing.number, message: 'it never reached the file' }];
}

function strayProblem({ id, shard, position }: { id: string; shard: number; position: number }): LedgerProblem {
  return { rule: 'stray', id, shard, position, message: 'it lies beyond the head of its shard' };
}

function lastOf({ checkpoints }: Trail) {
  const last = checkpoints.at(-1);
  return last === undefined ? null : { number: last.number, signedAt: last.signedAt };
}

function openWindowOf(trail: Trail, verified: readonly VerifiedShard[]): OpenWindow {
  const signed = headsAfter(trail, trail.checkpoints.length);
  const shards = verified.flatMap(({ check: { shard, head } }) => {
    const first = (signed[shard]?.position ?? 0) + 1;
    return head.position < first ? [] : [{ shard, first, last: head.position }];
  });
  return { entries: shards.reduce((sum, { first, last }) => sum + last - first + 1, 0), shards };
}

/** Does `count` things, a few at the same time, and gives the results in order. */
async function inLanes<T>(lanes: number, count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
