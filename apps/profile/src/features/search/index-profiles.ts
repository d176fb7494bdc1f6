import { readerOf, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { type Unindexed, unindexedLists } from '#storage/search/search.repository.ts';

const batchSize = 50;
const nobody = { givenName: null, middleName: null, familyName: null, preferredName: null, dateOfBirth: null };

/**
 * Makes everybody findable whom the search is behind of: who was changed by a process that does not know of it, and who is
 * stored under another index key or by other terms. Ends soon after `most` profiles, goes on where it was interrupted, and several
 * processes may be at it. Gives how many profiles were indexed.
 */
export async function indexProfiles(ctx: AppContext, most: number): Promise<number> {
  let indexed = 0;
  for (const list of unindexedLists) {
    let after: Unindexed | undefined;
    do {
      const batch: readonly Unindexed[] = await readerOf(ctx).search.unindexed(list, batchSize, after);
      if (batch.length > 0) indexed += await indexBatch(ctx, batch);
      after = batch.at(-1);
    } while (after !== undefined && indexed < most);
  }
  return indexed;
}

/** Who has been erased is noted as indexed, and is found by nothing. Whose profile does not open stays on the list. */
async function indexBatch(ctx: AppContext, batch: readonly Unindexed[]): Promise<number> {
  const access = { who: allow.system('index-profiles'), unaudited: 'nothing about anybody changes' };
  return await withTransaction(ctx, access, async (tx) => {
    const findable = new Set<string>();
    for (const { userId } of batch) if (await tx.holdUser(userId)) findable.add(userId);
    const userIds = batch.map(({ userId }) => userId);
    const { profiles, unreadable } = await tx.profiles.findReadable(userIds, { lock: true });
    for (const userId of unreadable) ctx.logger.error({ userId }, 'a profile that does not open is not indexed');
    for (const { userId, version, ...person } of profiles) {
      await tx.search.index(userId, version, findable.has(userId) ? person : nobody);
    }
    return profiles.length;
  });
}
