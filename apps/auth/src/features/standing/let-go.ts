import { withTransaction } from '@bank/database';
import { allow, DomainError, decideTransition, type UserId, type UserState } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { userStatusChanged } from '#events.ts';
import { endEverything } from '#features/standing/end-everything.ts';

const who = allow.system('erasure');
const audits = ['user.status_changed', 'auth.session.revoked', 'auth.sessions.revoked'] as const;

/**
 * Moves a user to `erased`, the end of every way, and ends all that they have open: what comes before their data is destroyed.
 * One who is not closed yet is closed on the way where erasure may do that. Nothing happens to one who is erased already.
 * @throws user.not_found, user.transition.illegal while something obliges the bank to wait
 */
export async function letGo(ctx: AppTransaction, userId: UserId): Promise<void> {
  await withTransaction(ctx, { who, audits }, async (tx) => {
    const user = await tx.users.lock(userId);
    if (user === undefined) throw new DomainError('user.not_found');
    const way = wayOut(user.status);
    if (way.length === 0) return;
    await endEverything(tx, userId, 'status_changed');
    let from = user.status;
    for (const to of way) {
      await move(tx, { userId, from, to });
      from = to;
    }
  });
}

function wayOut(status: UserState): readonly UserState[] {
  if (status === 'erased') return [];
  return status === 'closed' ? ['erased'] : ['closed', 'erased'];
}

async function move(tx: AppTransaction, step: { userId: UserId; from: UserState; to: UserState }): Promise<void> {
  const { userId, from, to } = step;
  decideTransition(from, to, 'erasure');
  const at = tx.clock.now();
  const { version } = await tx.users.setStatus(userId, to, at);
  await tx.emit(userStatusChanged({ userId, from, to, version, at }));
  const details = { from, to, by: 'erasure' };
  await tx.audit({ action: 'user.status_changed', subject: userId, outcome: 'success', details });
}
