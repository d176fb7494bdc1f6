import type { ShardHead } from '#checkpoint/checkpoint.ts';
import { isManifested, type ManifestEntry, readManifest } from '#checkpoint/manifest.ts';
import type { LedgerProblem } from '#verify/report.ts';
import type { ShardCheck } from '#verify/shard-check.ts';

/** What a checkpoint signed of a shard, entry by entry. */
export interface SignedEntries {
  readonly checkpoint: number;
  readonly entries: readonly ManifestEntry[];
}

/** The part of a manifest that tells of one shard. */
export function manifestOfShard(
  manifest: Uint8Array,
  shard: number,
  { before, after }: { readonly before: readonly ShardHead[]; readonly after: readonly ShardHead[] },
): ManifestEntry[] {
  const counts = after.map((head, index) => head.position - (before[index]?.position ?? 0));
  const from = counts.slice(0, shard).reduce((sum, count) => sum + count, 0);
  return readManifest(manifest, from, from + (counts[shard] ?? 0));
}

/**
 * The first entry since the last good checkpoint that is not the signed one. Somebody who computed the chain anew made
 * everything fit together, so the chain alone only shows that something before the next checkpoint is wrong.
 */
export function firstBad(problem: LedgerProblem, check: ShardCheck, signed: SignedEntries): LedgerProblem {
  const { sinceSigned, signedHead, shard } = check;
  const index = sinceSigned.findIndex((entry, at) => {
    const expected = signed.entries[at];
    return expected !== undefined && !isManifested(expected, entry);
  });
  const [entry, expected] = [sinceSigned[index], signed.entries[index]];
  if (entry === undefined || expected === undefined) return withSignedId(problem, signed, signedHead.position);
  const message =
    entry.id === expected.id
      ? `it was changed after checkpoint ${signed.checkpoint} signed it`
      : `checkpoint ${signed.checkpoint} signed another entry here`;
  const place = { shard, position: entry.position, id: entry.id, checkpoint: signed.checkpoint };
  return { rule: 'not_signed', ...place, ...(entry.id !== expected.id && { signedId: expected.id }), message };
}

/** The problem as it is, with the entry that was signed where it lies. */
function withSignedId(problem: LedgerProblem, { checkpoint, entries }: SignedEntries, before: number): LedgerProblem {
  const expected = entries[(problem.position ?? 0) - before - 1];
  const isOther = expected !== undefined && expected.id !== problem.id;
  return { ...problem, checkpoint, ...(isOther && { signedId: expected.id }) };
}
