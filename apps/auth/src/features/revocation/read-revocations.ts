import { readerOf, type TransactionalContext } from '@bank/database';
import { type Clock, DomainError } from '@bank/domain';
import type { RevocationMessage } from '@bank/verifier';
import { entryOf } from '#features/revocation/revocation-entry.ts';
import type { FeedState } from '#storage/feed/revocation.repository.ts';
import type { Repositories } from '#storage/repositories.ts';

/** Entries in one answer. */
const pageMax = 5000;

/** What reading the feed needs of the context. */
export type FeedContext = TransactionalContext<Repositories> & { readonly clock: Clock };

/** Live entries in rising order. `number` is the last one's while there is more. */
export interface RevocationPage extends RevocationMessage {
  hasMore: boolean;
}

/**
 * Live revocations after a place in the feed; from the beginning when that place is of another epoch.
 * @throws service.unavailable while nobody publishes: the list could lack some
 */
export async function readRevocations(ctx: FeedContext, since: FeedState): Promise<RevocationPage> {
  const listed = await readerOf(ctx).revocations.listSince(since, { now: ctx.clock.now(), limit: pageMax });
  if (listed === undefined) {
    throw new DomainError('service.unavailable', { reason: 'no publisher', details: { retryAfterSeconds: 1 } });
  }
  const entries = listed.entries.map(entryOf);
  const last = entries.at(-1);
  const hasMore = entries.length === pageMax && last !== undefined && last.number < listed.number;
  return { epoch: listed.epoch, number: hasMore ? last.number : listed.number, entries, hasMore };
}

/** Every live revocation: how auth fills its own feed. @throws service.unavailable */
export async function readAllRevocations(ctx: FeedContext): Promise<RevocationMessage> {
  let page = await readRevocations(ctx, { epoch: 0, number: 0 });
  const entries = [...page.entries];
  while (page.hasMore) {
    page = await readRevocations(ctx, page);
    entries.push(...page.entries);
  }
  return { epoch: page.epoch, number: page.number, entries };
}
