import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { removeEverything } from '#features/factor/remove-everything.ts';

const Removal = v.strictObject({ userId: UserIdSchema, recoveryId: Uuidv7Schema });

/**
 * Removes all that proves a user beside the password when `auth` says that a recovery is due: once for a recovery, so that
 * what is enrolled afterwards stays. Answers how many factors there were. @throws access.forbidden, request.invalid
 */
export async function removeFactors(ctx: AppContext, actor: Actor, input: unknown): Promise<number> {
  const who = allow.service(actor, ['auth']);
  const { userId, recoveryId } = parse(Removal, input);
  const audits = ['mfa.factor.removed', 'mfa.factors.reset'] as const;
  return await withTransaction(ctx, { who, audits }, async (tx) => {
    if (!(await tx.subjects.noteRecovery(userId, recoveryId))) return 0;
    return await removeEverything(tx, userId, { byStaff: false, warrant: { recoveryId } });
  });
}
