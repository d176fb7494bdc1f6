import { type Chore, withTransaction } from '@bank/database';
import { allow, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { countingDay } from '#features/registration/policies.ts';

const batch = 500;
const dayMs = 86_400_000;
const keepDays = { deliveries: 90, sessions: 30 } as const;
const who = allow.system('trimming');

/** What grows without being partitioned is trimmed, each table in small batches. */
export function trimmingChores(ctx: AppContext): readonly Chore[] {
  const unaudited = 'rows past keeping; nothing that the ledger would tell of';
  const trim = (name: string, remove: (tx: AppTransaction) => Promise<number>): Chore => ({
    name,
    async run() {
      while ((await withTransaction(ctx, { who, unaudited }, remove)) === batch);
    },
  });
  const before = (tx: AppTransaction, days: number) => new Date(tx.clock.now().getTime() - days * dayMs);
  return [
    { name: 'registrations', run: () => forgetRegistrations(ctx) },
    { name: 'activations', run: () => forgetActivations(ctx) },
    trim('sign-ins', (tx) => tx.signIns.removeExpired(tx.clock.now(), batch)),
    trim('step-up codes', (tx) => tx.stepUpCodes.removeExpired(tx.clock.now(), batch)),
    trim('password resets', (tx) => tx.passwordResets.removeExpired(tx.clock.now(), batch)),
    trim('contact changes', (tx) => tx.contactChanges.removeExpired(tx.clock.now(), batch)),
    trim('email reversions', (tx) => tx.emailReversions.removeExpired(tx.clock.now(), batch)),
    trim('lockouts', (tx) => tx.lockouts.removeUntouchedSince(before(tx, 1), batch)),
    trim('revocations', (tx) => tx.revocations.removeExpired(tx.clock.now(), batch)),
    trim('deliveries', (tx) => tx.deliveries.removeSettled(before(tx, keepDays.deliveries), batch)),
    trim('callbacks', (tx) => tx.reports.forgetCallbacks(before(tx, 1), batch)),
    trim('sessions', (tx) => tx.sessions.removeEnded(before(tx, keepDays.sessions), batch)),
  ];
}

/** Registrations that came to nothing leave with their data keys, so that backups forget their addresses too. */
async function forgetRegistrations(ctx: AppContext): Promise<void> {
  const unaudited = 'nobody has become a user';
  let removed: number;
  do {
    removed = await withTransaction(ctx, { who, unaudited }, async (tx) => {
      const expired = await tx.registrations.removeExpired(tx.clock.now(), batch);
      await forgetKeys(
        tx,
        expired.filter(({ verified }) => !verified),
      );
      await tx.registrations.removeFailuresBefore(countingDay(new Date(tx.clock.now().getTime() - dayMs)));
      return expired.length;
    });
  } while (removed === batch);
}

/** The same for invitations that nobody used. */
async function forgetActivations(ctx: AppContext): Promise<void> {
  const unaudited = 'nobody has become a user';
  let removed: number;
  do {
    removed = await withTransaction(ctx, { who, unaudited }, async (tx) => {
      const expired = await tx.activations.removeExpired(tx.clock.now(), batch);
      await forgetKeys(
        tx,
        expired.filter(({ activated }) => !activated),
      );
      return expired.length;
    });
  } while (removed === batch);
}

async function forgetKeys(tx: AppTransaction, nobodies: readonly { userId: UserId }[]): Promise<void> {
  for (const { userId } of nobodies) {
    await tx.vault.destroyKeys(tx.em, userId, 'erasable');
    await tx.vault.destroyKeys(tx.em, userId, 'retained');
  }
}
