import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { liftingSeconds } from '#features/challenge/policies.ts';

const PasswordReset = v.strictObject({ userId: UserIdSchema, changedAt: v.date() });

/**
 * Begins all counts anew when the password was reset: whoever ran them up knew the old one or held a session, and has neither any
 * more (SR-14). Once a day at most, so that who reads the user's mail cannot reset and guess on and on (SR-25). @throws request.invalid
 */
export async function liftBlocks(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, changedAt } = parse(PasswordReset, input);
  const since = new Date(changedAt.getTime() - liftingSeconds * 1000);
  const access = { who: allow.system('lift-blocks'), unaudited: 'auth records the reset' };
  await withTransaction(ctx, access, async (tx) => {
    if (await tx.subjects.liftBlocks(userId, changedAt, since)) await tx.sentCodes.forgetSends(userId);
  });
}
