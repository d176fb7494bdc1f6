import { withTransaction } from '@bank/database';
import { allow, type Grant, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { formVersion, linkEntry, shardOf } from '#features/ledger/chain.ts';
import { AuditEntries, type AuditEntry } from '#features/ledger/schemas.ts';
import type { LedgerRepository } from '#storage/ledger.repository.ts';

/**
 * Appends entries to the ledger, all or none; one that is there already is skipped. Gives how many were new.
 * Shards are taken in their order, so that two batches never wait for each other in a circle.
 * @throws request.invalid
 */
export async function appendEntries(
  ctx: AppContext,
  input: unknown,
  who: Grant = allow.system('append-entries'),
): Promise<number> {
  const entries = parse(AuditEntries, input);
  const byShard = entries
    .map((entry) => ({ entry, shard: shardOf(entry.subject) }))
    .toSorted((a, b) => a.shard - b.shard || (a.entry.id < b.entry.id ? -1 : 1));

  return withTransaction(ctx, { who, unaudited: 'this is the ledger' }, async (tx) => {
    let appended = 0;
    for (const { entry, shard } of byShard) {
      if (await appendOne(tx.ledger, entry, shard, ctx.clock.now())) appended += 1;
    }
    return appended;
  });
}

async function appendOne(ledger: LedgerRepository, entry: AuditEntry, shard: number, at: Date): Promise<boolean> {
  const head = await ledger.lockHead(shard);
  if (await ledger.has(entry.id)) return false;
  const position = head.position + 1;
  const { body, hash } = linkEntry(entry, { shard, position, previousHash: head.hash });
  await ledger.append({
    id: entry.id,
    shard,
    position,
    version: formVersion,
    action: entry.action,
    actorId: entry.actor.id ?? '',
    subject: entry.subject,
    outcome: entry.outcome,
    occurredAt: entry.occurredAt,
    recordedAt: at,
    body,
    previousHash: head.hash,
    hash,
  });
  return true;
}
