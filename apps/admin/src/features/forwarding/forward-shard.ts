import { readerOf, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AuditReceiver } from '#adapters/audit/audit-receiver.ts';
import type { AppContext } from '#context.ts';
import { batchMax } from '#features/forwarding/policies.ts';

const access = { who: allow.system('ledger-forwarder'), unaudited: 'it tells where the receiver stands' };

/**
 * Brings the next entries of a shard to the receiver, and notes them once it has answered: a process that ends in between
 * brings them again, which the receiver passes over. Gives how many. @throws EntriesRefused, DomainError without an answer
 */
export async function forwardShard(
  ctx: AppContext,
  receiver: AuditReceiver,
  { shard, position }: { readonly shard: number; readonly position: number },
  signal: AbortSignal,
): Promise<number> {
  const entries = await readerOf(ctx).forwarding.entriesAfter(shard, position, batchMax);
  const last = entries.at(-1);
  if (last === undefined) return 0;
  const head = await receiver.append(shard, entries, signal);
  if (head === undefined || head.position < last.position) {
    throw new Error(`the receiver took less of shard ${shard} than it was given`);
  }
  await withTransaction(ctx, access, (tx) => tx.forwarding.note(shard, last.position, last.hash));
  return entries.length;
}
