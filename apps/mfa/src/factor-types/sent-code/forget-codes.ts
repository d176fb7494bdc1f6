import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';

const AddressChanged = v.strictObject({
  userId: UserIdSchema,
  type: v.picklist(['sms', 'email']),
  changedAt: v.date(),
});

/**
 * Makes the codes worthless that went to the address a user had before: whoever reads it now may not be them (SR-26). Those that
 * were sent since stay good, and what is counted stays counted. @throws request.invalid
 */
export async function forgetCodes(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, type, changedAt } = parse(AddressChanged, input);
  const access = { who: allow.system('forget-codes'), unaudited: 'auth records the change of the address' };
  await withTransaction(ctx, access, (tx) => tx.sentCodes.forgetCodes(userId, type, changedAt));
}
