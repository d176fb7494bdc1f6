import { withTransaction } from '@bank/database';
import { DomainError, type Grant, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { requestReset } from '#features/password/request-reset.ts';
import type { Credential } from '#storage/users/user.repository.ts';

/** Notes that a password that was just right is known to others, unless that is noted already or it has been replaced (SR-4). */
export async function flagCompromised(ctx: AppContext, who: Grant, credential: Credential | undefined): Promise<void> {
  if (credential === undefined || credential.compromisedAt !== null) return;
  const action = 'auth.password.compromised';
  await withTransaction(ctx, { who, audits: [action] }, async (tx) => {
    if (!(await tx.users.flagCompromised(credential, tx.clock.now()))) return;
    await tx.audit({ action, subject: credential.userId, outcome: 'success', details: { by: 'list' } });
  });
}

/**
 * Refuses a sign-in that proved all that was asked for because its password is flagged, and sends its user the link that a
 * forgotten password gets, within its limits.
 * @throws auth.password.compromised, always
 */
export async function refuseCompromised(
  ctx: AppContext,
  who: Grant,
  whose: { userId: UserId; subjectHash: Uint8Array },
): Promise<never> {
  await requestReset(ctx, who, { ownerId: whose.userId, subjectHash: whose.subjectHash });
  throw new DomainError('auth.password.compromised');
}
