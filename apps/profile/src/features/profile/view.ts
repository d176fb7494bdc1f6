import type * as v from 'valibot';
import type { ProfileView } from '#features/profile/schemas.ts';
import type { Profile } from '#storage/profile.entity.ts';

/** A profile as its owner sees it. */
export function toProfileView(profile: Profile): v.InferInput<typeof ProfileView> {
  return {
    userId: profile.userId,
    givenName: profile.givenName,
    middleName: profile.middleName,
    familyName: profile.familyName,
    preferredName: profile.preferredName,
    dateOfBirth: profile.dateOfBirth,
    nationality: profile.nationality,
    occupation: profile.occupation,
    createdAt: profile.createdAt.toISOString(),
    updatedAt: profile.updatedAt.toISOString(),
  };
}
