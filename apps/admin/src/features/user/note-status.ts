import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { StatusChange } from '#features/user/schemas.ts';

/** Notes where a user stands; what is older than what is known changes nothing. @throws request.invalid */
export async function noteStatus(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, status, version } = parse(StatusChange, input);
  const access = { who: allow.system('note-status'), unaudited: 'auth records the change' };
  await withTransaction(ctx, access, (tx) => tx.users.noteStatus(userId, status, version));
}
