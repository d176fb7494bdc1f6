import type { UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { profileUpdated } from '#events.ts';

/**
 * Who the user is changes by a request that staff look at alone, from here on; others hear of it. False, with nothing told, where it
 * was so already or there is no profile.
 */
export async function lockIdentity(tx: AppTransaction, userId: UserId): Promise<boolean> {
  return noteLock(tx, userId, await tx.profiles.lockIdentity(userId, tx.clock.now()));
}

/**
 * From here on users change who they are themselves again, without a request; others hear of it. False, with nothing told, where
 * they could already or there is no profile.
 */
export async function unlockIdentity(tx: AppTransaction, userId: UserId): Promise<boolean> {
  return noteLock(tx, userId, await tx.profiles.unlockIdentity(userId, tx.clock.now()));
}

async function noteLock(tx: AppTransaction, userId: UserId, version: number | undefined): Promise<boolean> {
  if (version === undefined) return false;
  await tx.emit(profileUpdated({ userId, version, changedFields: ['identityLockedAt'], at: tx.clock.now() }));
  return true;
}
