import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { graceMs } from '#features/session/policies.ts';

/** Forgets what the successors of spent refresh tokens were derived with, once their grace is over. */
export async function forgetNonces(ctx: AppContext): Promise<void> {
  const who = allow.system('refresh token grace');
  const before = new Date(ctx.clock.now().getTime() - graceMs);
  await withTransaction(ctx, { who, unaudited: 'forgets what is of no use any more' }, (tx) =>
    tx.refreshTokens.forgetNoncesBefore(before),
  );
}
