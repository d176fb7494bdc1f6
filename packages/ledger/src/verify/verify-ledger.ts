import { shardCount } from '#chain/entry-form.ts';
import { CheckpointInvalid, type ShardHead, type TrailCheckpoint } from '#checkpoint/checkpoint.ts';
import type { TrustedKeys } from '#checkpoint/checkpoint-keys.ts';
import type { LookBack } from '#checkpoint/checkpoint-store.ts';
import type { EntrySource } from '#verify/entry-source.ts';
import { firstBad, manifestOfShard } from '#verify/first-bad.ts';
import type { LedgerProblem, LedgerReport, OpenWindow } from '#verify/report.ts';
import type { SignedHead } from '#verify/shard-check.ts';
import { type CheckpointPlaces, problemAt, Trail } from '#verify/trail.ts';
import { type VerifiedShard, verifyShard } from '#verify/verify-shard.ts';

export interface VerifyLedgerOptions {
  readonly entries: EntrySource;
  readonly checkpoints: CheckpointPlaces;
  readonly keys: TrustedKeys;
  /** Begins at a checkpoint no further back than this, whose signature makes it a beginning; reads everything unless given. */
  readonly lookBack?: LookBack;
  /**
   * Shards that are read at the same time; all unless given. In step they read the same part of the table, which then is
   * read once; the source decides how many statements run at the same time.
   */
  readonly lanes?: number;
  /** Entries that are fetched at once, 1,000 unless given. */
  readonly pageSize?: number;
  readonly now?: () => Date;
}

/** Checkpoints that are held at once, some kilobytes each. */
const checkpointsAtOnce = 500;
/** A file that lacks a checkpoint for longer than this is no copy any more. */
const fileBehindMaxMs = 300_000;

/**
 * Verifies the ledger against its signed checkpoints: every shard in order, each entry's form, hash and place, and every
 * signed head. Names the first bad entry of each shard also when the chain was computed anew after it, and tells which
 * entries no checkpoint covers yet. Reads while the ledger grows, and holds no more of it however long it is.
 */
export async function verifyLedger(options: VerifyLedgerOptions): Promise<LedgerReport> {
  const { checkpoints: places, keys, now = () => new Date() } = options;
  const [startedAt, beganAt] = [performance.now(), now()];
  const from = await baseOf(options);
  const trail = new Trail(places, keys, from);
  const shards = await followTrail(trail, options).finally(() => trail.close());
  const stray = await options.entries.findStray();
  const problems = [
    ...trail.problems,
    ...staleFileProblems(trail, beganAt),
    ...shards.flatMap(({ problem }) => problem ?? []),
    ...(stray === undefined ? [] : [strayProblem(stray)]),
  ];
  return {
    ok: problems.length === 0,
    problems,
    entries: shards.reduce((sum, { read }) => sum + read, 0),
    fromCheckpoint: from,
    checkpoints: {
      verified: trail.verified,
      last: lastOf(trail),
      fileBehind: places.file === undefined ? null : trail.fileBehind,
    },
    openWindow: openWindowOf(trail, shards),
    milliseconds: Math.round(performance.now() - startedAt),
  };
}

/** The checkpoint after which it is read. */
async function baseOf({ checkpoints: { table, file }, lookBack }: VerifyLedgerOptions): Promise<number> {
  if (lookBack === undefined) return 0;
  const written = await file?.last().catch((error: unknown) => {
    if (!(error instanceof CheckpointInvalid)) throw error; // it is found again, and named, where it is read
    return undefined;
  });
  // A table that lost its newest checkpoints would make all of the file one that is to be read.
  return Math.max(await table.baseOf(lookBack), (written?.number ?? 0) - lookBack.checkpointsMax);
}

/** How far a shard was followed, and what ended that. */
interface FollowedShard {
  readonly head: ShardHead;
  readonly read: number;
  readonly problem: LedgerProblem | undefined;
}

/** Some checkpoints of the trail, one after another, and where the shards stand before them. */
interface Stretch {
  readonly before: readonly ShardHead[];
  readonly signed: readonly TrailCheckpoint[];
}

/** Follows every shard past some checkpoints after others, and then to the head it has now. */
async function followTrail(trail: Trail, options: VerifyLedgerOptions): Promise<readonly FollowedShard[]> {
  const { lanes = shardCount } = options;
  let before = (await trail.begin()) ?? [];
  let shards = before.map((head): FollowedShard => ({ head, read: 0, problem: undefined }));
  const follow = async (signed: readonly TrailCheckpoint[]) => {
    const stretch = { before, signed };
    shards = await inLanes(lanes, shards, (followed, shard) => followShard(shard, followed, stretch, options));
    before = signed.at(-1)?.heads ?? before;
  };
  for (let isMore = true; isMore; ) {
    const signed = await trail.take(checkpointsAtOnce);
    isMore = signed.length === checkpointsAtOnce;
    if (signed.length > 0) await follow(signed);
  }
  await follow([]);
  return shards;
}

/** Follows a shard past the checkpoints of a stretch; to its head when it has none. */
async function followShard(
  shard: number,
  followed: FollowedShard,
  stretch: Stretch,
  { entries, checkpoints, pageSize = 1000 }: VerifyLedgerOptions,
): Promise<FollowedShard> {
  const signed = signedHeads(stretch, shard, followed.head);
  const isLast = stretch.signed.length === 0;
  if (followed.problem !== undefined || (signed.length === 0 && !isLast)) return followed;
  const part = { shard, start: followed.head, signed, entries, pageSize, signedOnly: !isLast };
  const verified = await verifyShard(part);
  const { position, hash } = verified.check.head;
  return {
    head: { position, hash },
    read: followed.read + verified.read,
    problem: await nameFirstBad(verified, stretch, checkpoints),
  };
}

function signedHeads({ signed }: Stretch, shard: number, start: ShardHead): SignedHead[] {
  return signed.flatMap(({ number, heads }) => {
    const head = heads[shard];
    return head === undefined || head.position <= start.position ? [] : [{ ...head, checkpoint: number }];
  });
}

/** The problem of a shard, moved to the first entry that is not the signed one when a manifest shows an earlier one. */
async function nameFirstBad(
  { problem, check }: VerifiedShard,
  { before, signed }: Stretch,
  { table, file }: CheckpointPlaces,
): Promise<LedgerProblem | undefined> {
  const index = signed.findIndex(({ number }) => number === check.nextSigned?.checkpoint);
  const checkpoint = signed[index];
  if (problem === undefined || checkpoint === undefined) return problem;
  const { number, heads } = checkpoint;
  const manifest = (await file?.manifestOf(number)) ?? (await table.manifestOf(number));
  if (manifest === undefined) return problem;
  const around = { before: signed[index - 1]?.heads ?? before, after: heads };
  return firstBad(problem, check, { checkpoint: number, entries: manifestOfShard(manifest, check.shard, around) });
}

/** What was signed long enough before the beginning was to be in the file when its end was reached. */
function staleFileProblems({ firstBehind: missing }: Trail, beganAt: Date): LedgerProblem[] {
  if (missing === undefined || beganAt.getTime() - missing.signedAt.getTime() < fileBehindMaxMs) return [];
  return [problemAt(missing.number, 'it never reached the file')];
}

function strayProblem({ id, shard, position }: { id: string; shard: number; position: number }): LedgerProblem {
  return { rule: 'stray', id, shard, position, message: 'it lies beyond the head of its shard' };
}

function lastOf({ last }: Trail) {
  return last === undefined ? null : { number: last.number, signedAt: last.signedAt };
}

function openWindowOf({ last }: Trail, followed: readonly FollowedShard[]): OpenWindow {
  const shards = followed.flatMap(({ head }, shard) => {
    const first = (last?.heads[shard]?.position ?? 0) + 1;
    return head.position < first ? [] : [{ shard, first, last: head.position }];
  });
  return { entries: shards.reduce((sum, { first, last: end }) => sum + end - first + 1, 0), shards };
}

/** Does something with each, a few at the same time, and gives the results in order. */
async function inLanes<T, R>(
  lanes: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const lane = async () => {
    for (const [index, item] of waiting) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
