import type { ShardHead } from '#checkpoint/checkpoint.ts';
import type { EntrySource } from '#verify/entry-source.ts';
import type { LedgerProblem } from '#verify/report.ts';
import { ShardCheck, type SignedHead } from '#verify/shard-check.ts';

export interface ShardToVerify {
  readonly shard: number;
  /** Where to begin: a head that is trusted. */
  readonly start: ShardHead;
  readonly signed: readonly SignedHead[];
  readonly entries: EntrySource;
  readonly pageSize: number;
  /** Ends with the last signed entry instead of the head that the shard has now. */
  readonly signedOnly?: boolean;
}

/** How far a shard was verified, and what ended it. */
export interface VerifiedShard {
  readonly check: ShardCheck;
  readonly read: number;
  readonly problem: LedgerProblem | undefined;
}

const lowest = Number.MIN_SAFE_INTEGER;
/** No UUID is smaller: a page begins after this one. */
const smallestId = '00000000-0000-0000-0000-000000000000';

/** Verifies one shard from its start to the head it has now. The next page is fetched while one is being checked. */
export async function verifyShard(part: ShardToVerify): Promise<VerifiedShard> {
  const { shard, start, signed, entries, pageSize, signedOnly } = part;
  const storedHead = signedOnly ? undefined : await entries.headOf(shard);
  const check = new ShardCheck(shard, start, signed);
  const upTo = Math.max(storedHead?.position ?? 0, check.signedUpTo);
  const fetch = (after: { position: number; id: string }) => entries.entriesOf(shard, { after, upTo }, pageSize);
  let read = 0;
  // From the beginning on nothing is passed over, not even what has no place.
  let page = await fetch({ position: start.position === 0 ? lowest : start.position + 1, id: smallestId });
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    const next = page.length < pageSize ? Promise.resolve([]) : fetch(last);
    next.catch(() => undefined); // it is awaited below, unless a problem comes first
    for (const entry of page) {
      read += 1;
      const problem = check.take(entry);
      if (problem !== undefined) return { check, read, problem };
    }
    page = await next;
  }
  const isWhole = signedOnly && check.nextSigned === undefined;
  return { check, read, problem: isWhole ? undefined : check.end(storedHead) };
}
