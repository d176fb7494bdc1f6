import { withTransaction } from '@bank/database';
import { allow, DomainError, isBlocked, mayActOn, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { resetLimit } from '#features/password/policies.ts';
import { sendResetLink } from '#features/password/reset-link.ts';
import { StartPasswordResetSchema } from '#features/password/schemas.ts';

/**
 * Sends a user the link for choosing another password, for staff on the telephone with him. Staff see neither link nor
 * address, and choose nothing for him (SR-42).
 * @throws access.forbidden, auth.step_up.required, request.invalid, user.not_found, user.state.blocked, request.rate_limited
 */
export async function startPasswordReset(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<void> {
  const who = allow.permission(caller.actor, 'users.reset_password');
  const staff = requireUser(caller.actor);
  const { userId, noteId } = parse(StartPasswordResetSchema, input);
  const action = 'auth.password.reset_requested';
  const { allowed, resetSeconds } = await ctx.rateLimits.consume(`password-reset-by-staff:${userId}`, resetLimit);
  const refusal = await withTransaction(ctx, { who, audits: [action] }, async (tx) => {
    const user = await tx.users.find(userId);
    if (user === undefined || isBlocked(user.status, 'lookup')) return 'user.not_found' as const;
    const found = refusalOf(mayActOn(staff, { userId, roles: user.roles }), user.status, allowed);
    if (found === undefined) await sendResetLink(tx, user, { byStaff: true });
    const outcome = found === undefined ? 'success' : 'denied';
    const reason = found === undefined ? {} : { reason: found };
    await tx.audit({ action, subject: userId, outcome, ...reason, details: { noteId } });
    return found;
  });
  if (refusal === undefined) return;
  const details = refusal === 'request.rate_limited' ? { retryAfterSeconds: resetSeconds } : {};
  throw new DomainError(refusal, { details });
}

function refusalOf(mayAct: boolean, status: Parameters<typeof isBlocked>[0], isWithinLimit: boolean) {
  if (!mayAct) return 'access.forbidden' as const;
  if (isBlocked(status, 'recovery')) return 'user.state.blocked' as const;
  return isWithinLimit ? undefined : ('request.rate_limited' as const);
}
