import { readerOf, type TransactionalContext } from '@bank/database';
import { type Clock, DomainError } from '@bank/domain';
import type { FeedPlace, RefillPage } from '@bank/verifier';
import { entryOf } from '#features/revocation/revocation-entry.ts';
import type { Repositories } from '#storage/repositories.ts';

/** Entries in one answer. */
const pageMax = 5000;

/** What reading the feed needs of the context. */
export type FeedContext = TransactionalContext<Repositories> & { readonly clock: Clock };

/** Live entries in rising order. `number` is the last one's while there is more. */
export interface RevocationPage extends RefillPage {
  hasMore: boolean;
}

/**
 * A page of the live revocations after a place in the feed; from the beginning when that place is of another epoch. It is
 * what auth fills its own feed from, and what others ask for over RPC.
 * @throws service.unavailable while nobody publishes: the list could lack some
 */
export async function readRevocations(ctx: FeedContext, since: FeedPlace): Promise<RevocationPage> {
  const listed = await readerOf(ctx).revocations.listSince(since, { now: ctx.clock.now(), limit: pageMax });
  if (listed === undefined) {
    throw new DomainError('service.unavailable', { reason: 'no publisher', details: { retryAfterSeconds: 1 } });
  }
  const entries = listed.entries.map(entryOf);
  const last = entries.at(-1);
  const hasMore = entries.length === pageMax && last !== undefined && last.number < listed.number;
  return { epoch: listed.epoch, number: hasMore ? last.number : listed.number, entries, hasMore };
}
