import { readerOf, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { zeroHash } from '@bank/ledger';
import type { AuditReceiver, ReceiverHead } from '#adapters/audit/audit-receiver.ts';
import type { AppContext } from '#context.ts';
import { compare, type Dispute, emptyHead, type Standing } from '#features/forwarding/policies.ts';
import type { ShardStanding } from '#storage/forwarding.repository.ts';

const access = { who: allow.system('ledger-forwarder'), unaudited: 'it tells where the receiver stands' };

/** What came of asking the receiver where it stands. */
export interface Settlement {
  /** Shards in which it and the ledger contradict each other. */
  readonly disputes: ReadonlyMap<number, Dispute>;
  /** Entries that it had, lost, and will be sent again. */
  readonly lostByReceiver: number;
}

/**
 * Asks the receiver where each shard stands, and goes on from there: whatever either side remembers of before, it is the
 * receiver that knows what it has, as long as its hashes are the ledger's. @throws DomainError when it does not answer
 */
export async function settleStandings(
  ctx: AppContext,
  receiver: AuditReceiver,
  signal: AbortSignal,
): Promise<Settlement> {
  // The receiver first: the ledger read after it has everything that the receiver can have from it.
  const heads = await receiver.heads(signal);
  const disputes = new Map<number, Dispute>();
  let lostByReceiver = 0;
  for (const shard of await readerOf(ctx).forwarding.standings()) {
    const head = heads.get(shard.shard) ?? emptyHead;
    const standing = await standingOf(ctx, shard, head);
    if (standing.kind === 'disputed') {
      disputes.set(shard.shard, standing.dispute);
      continue;
    }
    lostByReceiver += standing.lostByReceiver;
    if (standing.position === shard.position) continue;
    await withTransaction(ctx, access, (tx) => tx.forwarding.note(shard.shard, head.position, head.hash));
  }
  return { disputes, lostByReceiver };
}

async function standingOf(ctx: AppContext, shard: ShardStanding, head: ReceiverHead): Promise<Standing> {
  const hashThere = head.position === 0 ? zeroHash : await readerOf(ctx).forwarding.hashAt(shard.shard, head.position);
  return compare(head, { forwarded: shard.position, recorded: shard.recorded, hashThere });
}
