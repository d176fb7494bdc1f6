import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';

const Activation = v.strictObject({ userId: UserIdSchema, activatedAt: v.date() });

/** Adds an activated user to what staff can look up. Asking again changes nothing. @throws request.invalid */
export async function noteActivation(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, activatedAt } = parse(Activation, input);
  const access = { who: allow.system('note-activation'), unaudited: 'auth records the activation' };
  await withTransaction(ctx, access, (tx) => tx.users.noteActivated(userId, activatedAt));
}
