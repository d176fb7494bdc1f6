import { allow, isBlocked, parse, userKey } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { countOne } from '#features/limit/count-one.ts';
import { resetLimit } from '#features/password/policies.ts';
import { sendResetLink } from '#features/password/reset-link.ts';
import { StartPasswordResetSchema } from '#features/password/schemas.ts';
import { type ActRefusal, actOnUser } from '#features/standing/act-on-user.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Sends a user the link for choosing another password, for staff on the telephone with them. Staff see neither link nor
 * address, and choose nothing for the user (SR-42). Whoever may not, or is too late, uses up no link of those who may.
 * @throws access.forbidden, auth.step_up.required, request.invalid, user.not_found, user.state.blocked, request.rate_limited
 */
export async function startPasswordReset(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<void> {
  const permission = 'users.reset_password';
  allow.permission(caller.actor, permission);
  const { userId, noteId } = parse(StartPasswordResetSchema, input);
  const counted = await countOne(ctx, userKey(userId, 'password-reset-by-staff'), resetLimit);
  const act = { action: 'auth.password.reset_requested', permission, userId, noteId } as const;
  const send = async (tx: AppTransaction, user: User): Promise<ActRefusal | undefined> => {
    if (isBlocked(user.status, 'recovery')) return { code: 'user.state.blocked' };
    if (!counted.allowed) {
      return { code: 'request.rate_limited', details: { retryAfterSeconds: counted.resetSeconds } };
    }
    await sendResetLink(tx, user, { byStaff: true });
    return undefined;
  };
  try {
    await actOnUser(ctx, caller, act, send);
  } catch (error) {
    await counted.giveBack();
    throw error;
  }
}
