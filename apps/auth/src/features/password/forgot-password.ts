import { withTransaction } from '@bank/database';
import { allow, isBlocked, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { hashAddress, indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { resetLimit } from '#features/password/policies.ts';
import { sendNoLink, sendResetLink } from '#features/password/reset-link.ts';
import { ForgotPasswordSchema } from '#features/password/schemas.ts';
import { subjectOfAttempt } from '#features/sign-in/lockout-policies.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Sends a link for choosing another password to whom the identifier names. The answer and its time are the same whether it
 * names anybody (SR-15). Asking changes nothing, locks nobody, and a few links an hour go out to one address at most
 * (SR-18, SR-38). @throws request.invalid
 */
export async function forgotPassword(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const who = allow.anyone(caller.actor);
  const { identifier } = parse(ForgotPasswordSchema, input);
  const subjectHash = hashAddress(ctx, identifier);
  const key = `password-reset:${Buffer.from(subjectHash).toString('hex')}`;
  const { allowed } = await ctx.rateLimits.consume(key, resetLimit);
  const action = 'auth.password.reset_requested';
  await withTransaction(ctx, { who, audits: [action] }, async (tx) => {
    const ownerId = await tx.identifiers.ownerOf(identifier.kind, indexAddress(tx, identifier));
    const user = ownerId && (await tx.users.find(ownerId));
    const subject = subjectOfAttempt({ userId: user?.id, subjectHash });
    const refusal = refusalOf(user, allowed);
    if (refusal !== undefined || user === undefined) {
      await sendNoLink(tx);
      await tx.audit({ action, subject, outcome: 'denied', reason: refusal ?? 'nobody' });
      return;
    }
    await sendResetLink(tx, user, { byStaff: false });
    await tx.audit({ action, subject, outcome: 'success' });
  });
}

function refusalOf(user: User | undefined, isWithinLimit: boolean): string | undefined {
  if (user === undefined) return 'nobody';
  if (isBlocked(user.status, 'recovery')) return 'status';
  return isWithinLimit ? undefined : 'limit';
}
