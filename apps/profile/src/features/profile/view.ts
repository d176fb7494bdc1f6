import type * as v from 'valibot';
import { toAddressView } from '#features/address/view.ts';
import type { OwnProfile } from '#features/profile/own-profile.ts';
import type { ProfileView } from '#features/profile/schemas.ts';

/** A profile as its owner sees it. */
export function toProfileView(profile: OwnProfile): v.InferInput<typeof ProfileView> {
  const { avatar } = profile;
  const { home, mailing } = profile.addresses;
  return {
    userId: profile.userId,
    givenName: profile.givenName,
    middleName: profile.middleName,
    familyName: profile.familyName,
    preferredName: profile.preferredName,
    dateOfBirth: profile.dateOfBirth,
    gender: profile.gender,
    genderDescription: profile.genderDescription,
    nationality: profile.nationality,
    residence: profile.residence,
    occupation: profile.occupation,
    sourceOfFunds: profile.sourceOfFunds,
    taxResidencies: profile.taxResidencies.map(({ country, tin, noTinReason, explanation }) => {
      return { country, tin, noTinReason, explanation };
    }),
    addresses: { home: home && toAddressView(home), mailing: mailing && toAddressView(mailing) },
    avatar: avatar && { fileId: avatar.id, contentType: avatar.contentType },
    identityLockedAt: profile.identityLockedAt?.toISOString() ?? null,
    createdAt: profile.createdAt.toISOString(),
    updatedAt: profile.updatedAt.toISOString(),
  };
}
