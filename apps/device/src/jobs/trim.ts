import { type Chore, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';

const batch = 500;
/** As long as the history tells of it. */
const keepMs = 60 * 7 * 86_400_000;

/** A removed device goes when no sign-in on it is in the history any more. */
export function trimmingChores(ctx: AppContext): readonly Chore[] {
  const access = { who: allow.system('trimming'), unaudited: 'rows past their time; the ledger has their removal' };
  const before = () => new Date(ctx.clock.now().getTime() - keepMs);
  return [
    {
      name: 'removed devices',
      async run() {
        while ((await withTransaction(ctx, access, (tx) => tx.devices.trim(before(), batch))) === batch);
      },
    },
  ];
}
