import { type Chore, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';

const batch = 500;

/** What was asked and not answered, and what was begun and not confirmed, goes once its time is over. */
export function trimmingChores(ctx: AppContext): readonly Chore[] {
  const who = allow.system('trimming');
  const unaudited = 'rows past their time; nothing that the ledger would tell of';
  const trim = (name: string, remove: (tx: AppTransaction) => Promise<number>): Chore => ({
    name,
    async run() {
      while ((await withTransaction(ctx, { who, unaudited }, remove)) === batch);
    },
  });
  return [
    trim('challenges', (tx) => tx.challenges.removeExpired(tx.clock.now(), batch)),
    trim('pending factors', (tx) => tx.factors.removeExpired(tx.clock.now(), batch)),
  ];
}
