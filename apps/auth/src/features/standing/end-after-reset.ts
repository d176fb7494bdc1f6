import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { endEverything } from '#features/standing/end-everything.ts';

const ResetSchema = v.strictObject({ userId: UserIdSchema, removedAt: v.date() });
const audits = ['auth.session.revoked', 'auth.sessions.revoked'] as const;

/**
 * Ends what a user had open when staff removed his factors (SR-35, SR-47). What he has opened since stays, however late the
 * news comes. @throws request.invalid
 */
export async function endAfterReset(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, removedAt } = parse(ResetSchema, input);
  const who = allow.system('factors reset');
  await withTransaction(ctx, { who, audits }, async (tx) => {
    if ((await tx.users.lock(userId)) === undefined) return;
    await endEverything(tx, userId, 'factor_changed', removedAt);
  });
}
