import type { ReadScope } from '@bank/database';
import type { Repositories } from '#context.ts';
import type { StoredFile } from '#storage/files/file.entity.ts';
import type { Profile } from '#storage/profile.entity.ts';

/** A profile as its owner is shown it, with what belongs to it and lies elsewhere. */
export interface OwnProfile extends Profile {
  readonly avatar: Pick<StoredFile, 'id' | 'contentType'> | null;
}

/** The profile with its picture. The picture is read after the profile: it is never older than the version that is shown. */
export async function withAvatar(
  { files }: Pick<ReadScope<Repositories>, 'files'>,
  profile: Profile,
): Promise<OwnProfile> {
  return { ...profile, avatar: (await files.findNewest(profile.userId, 'avatar')) ?? null };
}
