import { DomainError, type UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { profileUpdated } from '#events.ts';

/** The profile has another picture, or none: its version rises and others hear of it. Gives the new version. Those who come at once wait here. @throws profile.not_found */
export async function noteAvatar(tx: AppTransaction, userId: UserId): Promise<number> {
  const now = tx.clock.now();
  const version = await tx.profiles.touch(userId, now);
  if (version === undefined) throw new DomainError('profile.not_found');
  await tx.emit(profileUpdated({ userId, version, changedFields: ['avatar'], at: now }));
  return version;
}
