import { withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { RolesChange } from '#features/user/schemas.ts';

/** Notes which roles a user holds; what is older than what is known changes nothing. @throws request.invalid */
export async function noteRoles(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, roles, version } = parse(RolesChange, input);
  const access = { who: allow.system('note-roles'), unaudited: 'auth records the change' };
  await withTransaction(ctx, access, (tx) => tx.users.noteRoles(userId, roles, version));
}
