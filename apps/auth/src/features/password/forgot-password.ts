import { readerOf, withTransaction } from '@bank/database';
import { allow, isBlocked, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { hashAddress, indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { countRequest } from '#features/password/count-request.ts';
import { sendNoLink, sendResetLink } from '#features/password/reset-link.ts';
import { ForgotPasswordSchema } from '#features/password/schemas.ts';
import { subjectOfAttempt } from '#features/sign-in/lockout-policies.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Sends a link for choosing another password to whom the identifier names. The answer and its time are the same whether it
 * names anybody (SR-15). Asking changes nothing, locks nobody, and a few links an hour go out to one user at most, whichever of
 * his addresses is given (SR-18, SR-38). The ledger is told of every link, and of what goes beyond that once a minute, so that
 * who asks on and on fills neither a mailbox nor the ledger. @throws request.invalid
 */
export async function forgotPassword(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const who = allow.anyone(caller.actor);
  const { identifier } = parse(ForgotPasswordSchema, input);
  const subjectHash = hashAddress(ctx, identifier);
  const ownerId = await readerOf(ctx).identifiers.ownerOf(identifier.kind, indexAddress(ctx, identifier));
  const { allowed, isTold } = await countRequest(ctx, 'password-reset', { ownerId, subjectHash });
  if (!isTold) {
    const unaudited = 'one request a minute beyond the limit is told of';
    return await withTransaction(ctx, { who, unaudited }, sendNoLink);
  }
  const action = 'auth.password.reset_requested';
  await withTransaction(ctx, { who, audits: [action] }, async (tx) => {
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
