import { believe } from '#checkpoint/believe.ts';
import {
  CheckpointInvalid,
  checkpointHash,
  emptyHeads,
  readCheckpoint,
  type ShardHead,
  type TrailCheckpoint,
} from '#checkpoint/checkpoint.ts';
import type { TrustedKeys } from '#checkpoint/checkpoint-keys.ts';
import type { CheckpointStore } from '#checkpoint/checkpoint-store.ts';
import type { EntrySource } from '#verify/entry-source.ts';
import type { LedgerProblem } from '#verify/report.ts';
import { problemAt } from '#verify/trail.ts';
import { verifyShard } from '#verify/verify-shard.ts';

/** A part of the ledger: what checkpoints signed after one of them. */
export interface LedgerStretch {
  readonly entries: EntrySource;
  readonly table: CheckpointStore;
  readonly keys: TrustedKeys;
  /** The number of a checkpoint; 0 for the beginning. */
  readonly after: number;
  /** Ends at the first checkpoint with which it has at least so many entries, or 1,000 checkpoints. */
  readonly entriesMax: number;
  /** Entries that are fetched at once, 500 unless given. */
  readonly pageSize?: number;
}

/** A quiet ledger has a checkpoint for every entry, and each that is held takes some kilobytes. */
const checkpointsMax = 1000;

/** What was found in a stretch. */
export interface StretchReport {
  readonly problems: readonly LedgerProblem[];
  /** Entries that were read. */
  readonly entries: number;
  /** The checkpoint with which it ended: where the next one begins. */
  readonly upTo: number;
  /** Whether that is the newest one. */
  readonly atEnd: boolean;
}

/**
 * Verifies the next part of the ledger against the checkpoints in the table, at a cost that is known before. A signature
 * is what makes a checkpoint a beginning, so nothing before it is read. Whether the table lost its newest checkpoints only
 * the file can tell.
 */
export async function verifyStretch(stretch: LedgerStretch): Promise<StretchReport> {
  const { heads, signed, problems, atEnd } = await readStretch(stretch);
  const { entries, after, pageSize = 500 } = stretch;
  let read = 0;
  for (const [shard, start] of heads.entries()) {
    const ends = signed.flatMap(({ number, heads: all }) => {
      const head = all[shard];
      return head === undefined || head.position <= start.position ? [] : [{ ...head, checkpoint: number }];
    });
    if (ends.length > 0) {
      const verified = await verifyShard({ shard, start, signed: ends, entries, pageSize, signedOnly: true });
      read += verified.read;
      if (verified.problem !== undefined) problems.push(verified.problem);
    }
    if (atEnd) problems.push(...(await headProblems(entries, shard, ends.at(-1) ?? start)));
  }
  const stray = atEnd ? await entries.findStray() : undefined;
  if (stray !== undefined) problems.push({ rule: 'stray', ...stray, message: 'it lies beyond the head of its shard' });
  return { problems, entries: read, upTo: signed.at(-1)?.number ?? after, atEnd };
}

interface ReadStretch {
  /** Where every shard stands at its beginning. */
  readonly heads: readonly ShardHead[];
  readonly signed: readonly TrailCheckpoint[];
  readonly problems: LedgerProblem[];
  readonly atEnd: boolean;
}

async function readStretch({ table, keys, after, entriesMax }: LedgerStretch): Promise<ReadStretch> {
  let before: TrailCheckpoint | undefined;
  const signed: TrailCheckpoint[] = [];
  const ended = (atEnd: boolean, problems: LedgerProblem[] = []): ReadStretch => ({
    heads: anchor?.heads ?? emptyHeads,
    signed,
    problems,
    atEnd,
  });
  let anchor: TrailCheckpoint | undefined;
  for await (const stored of table.readAfter(Math.max(0, after - 1))) {
    try {
      if (before === undefined && after > 0) {
        anchor = before = { ...readCheckpoint(stored.jws, keys), jwsHash: checkpointHash(stored.jws) };
        if (anchor.number !== after) return ended(false, [problemAt(after, 'it is missing')]);
        continue;
      }
      const isFull = signed.length >= checkpointsMax || totalOf(before) - totalOf(anchor) >= entriesMax;
      if (isFull) return ended(false);
      before = believe(stored, before, keys);
      signed.push(before);
    } catch (error) {
      if (!(error instanceof CheckpointInvalid)) throw error;
      return ended(false, [problemAt((before?.number ?? 0) + 1, error.message)]);
    }
  }
  return after > 0 && anchor === undefined ? ended(false, [problemAt(after, 'it is missing')]) : ended(true);
}

function totalOf(checkpoint: TrailCheckpoint | undefined): number {
  return (checkpoint?.heads ?? emptyHeads).reduce((sum, { position }) => sum + position, 0);
}

/** A shard that ends before what was signed of it. */
async function headProblems(entries: EntrySource, shard: number, signed: ShardHead): Promise<LedgerProblem[]> {
  const head = await entries.headOf(shard);
  if (head !== undefined && head.position >= signed.position) return [];
  return [{ rule: 'head', shard, position: signed.position, message: 'the shard ends before what was signed of it' }];
}
