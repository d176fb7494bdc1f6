import { DomainError, type UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { profileUpdated } from '#events.ts';
import type { ProfileChange } from '#features/profile/policies.ts';
import type { Profile } from '#storage/profile.entity.ts';

/** The user's profile, if it still has the version that the user saw. @throws profile.not_found, request.precondition_failed */
export async function findVersion(tx: AppTransaction, userId: UserId, version: number): Promise<Profile> {
  const profile = await tx.profiles.find(userId);
  if (profile === undefined) throw new DomainError('profile.not_found');
  if (profile.version !== version) throw new DomainError('request.precondition_failed');
  return profile;
}

/**
 * Writes what becomes of a profile, and tells of it by the names of its fields. Where nothing differs, nothing happens.
 * @throws request.precondition_failed when it has moved on
 */
export async function writeChange(
  tx: AppTransaction,
  profile: Profile,
  { after, changedFields }: ProfileChange,
  details: Readonly<Record<string, string>> = {},
): Promise<Profile> {
  if (changedFields.length === 0) return profile;
  const { userId } = profile;
  const at = tx.clock.now();
  const version = await tx.profiles.replace(profile, after, at);
  if (version === undefined) throw new DomainError('request.precondition_failed');
  await tx.emit(profileUpdated({ userId, version, changedFields, at }));
  const told = { version, fields: changedFields.join(' '), ...details };
  await tx.audit({ action: 'profile.updated', subject: userId, outcome: 'success', details: told });
  return { ...after, version, updatedAt: at };
}
