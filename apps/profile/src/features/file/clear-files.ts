import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Leftover } from '#storage/files/file.entity.ts';

const batch = 50;
const leaseMs = 300_000;
const access = { who: allow.system('files'), unaudited: 'what lets a file go is audited; this carries it out' };

/**
 * Removes what is left over: uploads that nobody completed, those that became files, and files that were let go, first their
 * objects and then their rows. What fails stays for the next round. Gives how many there were.
 */
export async function clearFiles(ctx: AppContext): Promise<number> {
  await ctx.fileServices.storages.local?.tidy(ctx.clock.now());
  for (let total = 0; ; ) {
    const taken = await takeLeftovers(ctx);
    for (const leftover of taken) await clear(ctx, leftover);
    total += taken.length;
    if (taken.length < batch) return total;
  }
}

/** Of several replicas each takes others. */
function takeLeftovers(ctx: AppContext): Promise<readonly Leftover[]> {
  const now = ctx.clock.now();
  const until = new Date(now.getTime() + leaseMs);
  return withTransaction(ctx, access, (tx) => tx.files.takeLeftovers({ now, until, limit: batch }));
}

async function clear(ctx: AppContext, { id, provider, uploadKey, storedKey }: Leftover): Promise<void> {
  try {
    const storage = ctx.fileServices.storages.of(provider);
    for (const key of [uploadKey, storedKey]) if (key !== null) await storage.delete(key);
  } catch (err) {
    ctx.logger.warn({ documentId: id, err }, 'the objects of a file stay for the next round');
    return;
  }
  await withTransaction(ctx, access, (tx) => (storedKey === null ? tx.files.dropUpload(id) : tx.files.drop(id)));
}
