import { allow, isBlocked, parse, userKey } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { resetLimit } from '#features/password/policies.ts';
import { sendResetLink } from '#features/password/reset-link.ts';
import { StartPasswordResetSchema } from '#features/password/schemas.ts';
import { actOnUser } from '#features/standing/act-on-user.ts';

/**
 * Sends a user the link for choosing another password, for staff on the telephone with them. Staff see neither link nor
 * address, and choose nothing for the user (SR-42).
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
  const key = userKey(userId, 'password-reset-by-staff');
  const { allowed, resetSeconds } = await ctx.rateLimits.consume(key, resetLimit);
  const act = { action: 'auth.password.reset_requested', permission, userId, noteId } as const;
  await actOnUser(ctx, caller, act, async (tx, user) => {
    if (isBlocked(user.status, 'recovery')) return { code: 'user.state.blocked' };
    if (!allowed) return { code: 'request.rate_limited', details: { retryAfterSeconds: resetSeconds } };
    await sendResetLink(tx, user, { byStaff: true });
    return undefined;
  });
}
