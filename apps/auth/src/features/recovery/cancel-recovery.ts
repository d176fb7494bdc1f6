import { withTransaction } from '@bank/database';
import { allow, DomainError, parse } from '@bank/domain';
import { type ReadToken, readToken } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { endRecoveries } from '#features/recovery/end-recoveries.ts';
import { CancelRecoverySchema } from '#features/recovery/schemas.ts';
import { cancelTokenPrefix } from '#features/recovery/tell-of-recovery.ts';

/**
 * Ends a recovery by the link in any notice of it, without signing in; nothing else changes. What has begun to be carried out
 * is not stopped any more. @throws request.invalid, auth.verification.invalid
 */
export async function cancelRecovery(ctx: AppContext, input: unknown, caller: Pick<Caller, 'actor'>): Promise<void> {
  const who = allow.anyone(caller.actor);
  const { token } = parse(CancelRecoverySchema, input);
  const link = readToken(cancelTokenPrefix, token);
  const audits = ['auth.recovery.cancelled'] as const;
  const isDone = link && (await withTransaction(ctx, { who, audits }, (tx) => cancel(tx, link)));
  if (!isDone) throw new DomainError('auth.verification.invalid', { reason: 'unknown, over, or being carried out' });
}

async function cancel(tx: AppTransaction, link: ReadToken): Promise<boolean> {
  const userId = await tx.recoveries.findOwnerByCancelLink(link);
  if (userId === undefined) return false;
  await tx.users.lock(userId);
  // Asked again: who waited for the row may find it gone.
  if ((await tx.recoveries.findOwnerByCancelLink(link)) === undefined) return false;
  return await endRecoveries(tx, userId, 'link');
}
