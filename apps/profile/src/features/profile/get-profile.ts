import { readerOf } from '@bank/database';
import { type Actor, DomainError, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { type OwnProfile, withAvatar } from '#features/profile/own-profile.ts';

/**
 * The signed-in user's own profile. It appears moments after the user is activated, so a very new user may not have
 * one yet.
 * @throws auth.token.missing, profile.not_found, profile.unreadable
 */
export async function getProfile(ctx: AppContext, actor: Actor): Promise<OwnProfile> {
  const reader = readerOf(ctx);
  const profile = await reader.profiles.find(requireUser(actor).userId);
  if (profile === undefined) throw new DomainError('profile.not_found');
  return await withAvatar(reader, profile);
}
