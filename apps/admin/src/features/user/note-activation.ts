import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { Activation } from '#features/user/schemas.ts';

/** Adds an activated user to what staff can look up. Asking again changes nothing. @throws request.invalid */
export async function noteActivation(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, roles, activatedAt } = parse(Activation, input);
  const access = { who: allow.system('note-activation'), unaudited: 'auth records the activation' };
  await withTransaction(ctx, access, (tx) => tx.users.noteActivated(userId, roles, activatedAt));
}
