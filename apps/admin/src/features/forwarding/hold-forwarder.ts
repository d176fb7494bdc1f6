import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { leaseSeconds } from '#features/forwarding/policies.ts';

const access = { who: allow.system('ledger-forwarder'), unaudited: 'a lease moves' };

/** Takes or keeps the right to forward. False while another process has it. */
export function holdForwarder(ctx: AppContext, holder: string): Promise<boolean> {
  return withTransaction(ctx, access, (tx) => tx.forwarding.holdLease(holder, leaseSeconds));
}

/** Lets another process forward at once. */
export async function releaseForwarder(ctx: AppContext, holder: string): Promise<void> {
  await withTransaction(ctx, access, (tx) => tx.forwarding.releaseLease(holder));
}
