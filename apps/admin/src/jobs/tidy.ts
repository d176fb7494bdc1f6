import { type Chore, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { closeExpired } from '#features/approval/close-expired.ts';

/** What goes once its time is over. */
export function tidyingChores(ctx: AppContext): readonly Chore[] {
  const who = allow.system('tidying');
  const unaudited = 'rows past their time; the ledger was told when they were made';
  return [
    { name: 'expired approvals', run: () => closeExpired(ctx) },
    {
      name: 'unmaskings',
      run: () => withTransaction(ctx, { who, unaudited }, (tx) => tx.unmaskings.removeExpired(ctx.clock.now())),
    },
  ];
}
