import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { entryOf } from '#features/revocation/revocation-entry.ts';

/** How long a publisher may be silent before another takes over: well within the silence that verifiers bear. */
const leaseSeconds = 3;
const batchMax = 1000;

/** A process that publishes, or waits to. */
export interface RevocationPublisher {
  readonly id: string;
  /** The number that it left the lease at; undefined where it did not have it, or does not know whether its last beat was committed. */
  standsAt?: number | undefined;
}

/**
 * One beat of the publisher: numbers what was committed since the last one and pushes it; without anything new the push is
 * the heartbeat. Does nothing while another process holds the lease. A push that is lost leaves a gap, which every verifier
 * notices and refills. Answers whether there may be more.
 */
export async function publishRevocations(ctx: AppContext, publisher: RevocationPublisher): Promise<boolean> {
  const who = allow.system('revocation publisher');
  const unaudited = 'numbers what was told to the ledger when it was written';
  const { id, standsAt } = publisher;
  publisher.standsAt = undefined;
  const message = await withTransaction(ctx, { who, unaudited }, async (tx) => {
    const state = await tx.revocations.holdLease(id, standsAt, leaseSeconds);
    if (state === undefined) return undefined;
    const numbered = await tx.revocations.number(batchMax);
    return { epoch: state.epoch, number: state.number + numbered.length, entries: numbered.map(entryOf) };
  });
  if (message === undefined) return false;
  publisher.standsAt = message.number;
  await ctx.revocationChannel.publish(message);
  return message.entries.length === batchMax;
}

/** Lets another publisher take over at once. */
export async function releasePublisher(ctx: AppContext, { id }: RevocationPublisher): Promise<void> {
  const who = allow.system('revocation publisher');
  await withTransaction(ctx, { who, unaudited: 'a lease ends' }, (tx) => tx.revocations.releaseLease(id));
}
