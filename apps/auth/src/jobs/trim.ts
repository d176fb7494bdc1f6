import { type Chore, withTransaction } from '@bank/database';
import { allow, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';

const batch = 500;
const who = allow.system('trimming');
const unaudited = 'nobody has become a user';
/** So long after its end no verification is under way any more that would make somebody a user whose keys are being destroyed. */
const graceMs = 60_000;

/** Registrations and invitations that came to nothing leave with their data keys, so that backups forget their addresses too. */
export function trimmingChores(ctx: AppContext): readonly Chore[] {
  return [
    trim(ctx, 'registrations', async (tx) => {
      const expired = await tx.registrations.removeExpired(longExpired(tx), batch);
      return expired.map(({ userId, verified }) => ({ userId, isUser: verified }));
    }),
    trim(ctx, 'activations', async (tx) => {
      const expired = await tx.activations.removeExpired(longExpired(tx), batch);
      return expired.map(({ userId, activated }) => ({ userId, isUser: activated }));
    }),
  ];
}

function longExpired({ clock }: AppTransaction): Date {
  return new Date(clock.now().getTime() - graceMs);
}

interface Removed {
  readonly userId: UserId;
  readonly isUser: boolean;
}

/** Removes in batches, in one replica at a time. */
function trim(ctx: AppContext, table: string, remove: (tx: AppTransaction) => Promise<readonly Removed[]>): Chore {
  const removeBatch = () =>
    withTransaction(ctx, { who, unaudited }, async (tx) => {
      if (!(await tx.takeTurn(`trim ${table}`))) return 0;
      const removed = await remove(tx);
      for (const { userId } of removed.filter(({ isUser }) => !isUser)) {
        await tx.vault.destroyKeys(tx.em, userId, 'erasable');
        await tx.vault.destroyKeys(tx.em, userId, 'retained');
      }
      return removed.length;
    });
  return {
    name: table,
    async run() {
      for (let total = 0; ; ) {
        const removed = await removeBatch();
        total += removed;
        if (removed < batch) return total;
      }
    },
  };
}
