import { withTransaction } from '@bank/database';
import { allow, type Grant, parse } from '@bank/domain';
import { formVersion, linkEntry, shardOf } from '@bank/ledger';
import type { AppContext } from '#context.ts';
import { AuditEntries, type AuditEntry } from '#features/ledger/schemas.ts';
import type { LedgerEntry } from '#storage/ledger-entry.entity.ts';
import type { LedgerHead } from '#storage/ledger-head.entity.ts';

/**
 * Appends entries to the ledger, all or none; one that is there already is skipped. Gives how many were new.
 * @throws request.invalid
 */
export async function appendEntries(
  ctx: AppContext,
  input: unknown,
  who: Grant = allow.system('append-entries'),
): Promise<number> {
  const entries = parse(AuditEntries, input);
  const byShard = Map.groupBy(entries, ({ subject }) => shardOf(subject));

  return withTransaction(ctx, { who, unaudited: 'this is the ledger' }, async (tx) => {
    // One after the other, in one round trip.
    const [heads, recorded] = await Promise.all([
      tx.ledger.lockHeads([...byShard.keys()]),
      tx.ledger.findRecorded(entries.map(({ id }) => id)),
    ]);
    const chains = heads.map((head) => {
      return extendChain(head, unrecorded(byShard.get(head.shard) ?? [], recorded), ctx.clock.now());
    });
    const appended = chains.flatMap((chain) => chain.entries);
    if (appended.length === 0) return 0;
    await Promise.all([tx.ledger.append(appended), tx.ledger.moveHeads(chains.map(({ head }) => head))]);
    return appended.length;
  });
}

/** Each entry once that is not recorded yet, in the order of their ids. */
function unrecorded(entries: readonly AuditEntry[], recorded: ReadonlySet<string>): AuditEntry[] {
  const byId = new Map(entries.filter(({ id }) => !recorded.has(id)).map((entry) => [entry.id, entry]));
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Links entries to the end of a shard, and gives its new end. */
function extendChain(
  head: LedgerHead,
  added: readonly AuditEntry[],
  recordedAt: Date,
): { head: LedgerHead; entries: readonly LedgerEntry[] } {
  const { shard } = head;
  const entries: LedgerEntry[] = [];
  let { position, hash: previousHash } = head;
  for (const entry of added) {
    position += 1;
    const { body, hash } = linkEntry(entry, { shard, position, previousHash });
    const { id, action, actor, subject, outcome, occurredAt } = entry;
    const columns = { id, action, actorId: actor.id ?? '', subject, outcome, occurredAt };
    entries.push({ ...columns, shard, position, version: formVersion, recordedAt, body, previousHash, hash });
    previousHash = hash;
  }
  return { head: { shard, position, hash: previousHash }, entries };
}
