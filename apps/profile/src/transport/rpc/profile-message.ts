import { AddressType } from '@bank/proto/profile';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { MaskedProfile } from '#features/profile/masking.ts';
import type { VisibleProfile } from '#features/profile/policies.ts';

type Shown = Pick<MaskedProfile, 'userId' | 'version'> & Partial<MaskedProfile>;

const addressKinds = [
  ['home', AddressType.HOME],
  ['mailing', AddressType.MAILING],
] as const;

/** What is unknown or not to be seen is empty in the message. */
export function toMessage(profile: Shown | VisibleProfile) {
  return {
    userId: profile.userId,
    version: BigInt(profile.version),
    givenName: profile.givenName ?? '',
    middleName: profile.middleName ?? '',
    familyName: profile.familyName ?? '',
    preferredName: profile.preferredName ?? '',
    dateOfBirth: profile.dateOfBirth ?? '',
    nationality: profile.nationality ?? '',
    occupation: profile.occupation ?? '',
    gender: profile.gender ?? '',
    genderDescription: profile.genderDescription ?? '',
    residence: profile.residence ?? '',
    sourceOfFunds: profile.sourceOfFunds ?? '',
    addresses: profile.addresses === undefined ? [] : addressMessages(profile.addresses),
    taxResidencies: (profile.taxResidencies ?? []).map(({ country, tin, noTinReason, explanation }) => {
      return { country, tin: tin ?? '', noTinReason: noTinReason ?? '', explanation: explanation ?? '' };
    }),
    ...(profile.identityLockedAt && { identityLockedAt: timestampFromDate(profile.identityLockedAt) }),
    ...(profile.createdAt && { createdAt: timestampFromDate(profile.createdAt) }),
    ...(profile.updatedAt && { updatedAt: timestampFromDate(profile.updatedAt) }),
  };
}

function addressMessages(addresses: NonNullable<Shown['addresses']>) {
  return addressKinds.flatMap(([name, type]) => {
    const address = addresses[name];
    if (address === null) return [];
    const { lines, country } = address;
    const [district, city, region, postalCode] = [address.district, address.city, address.region, address.postalCode];
    const parts = { district: district ?? '', city: city ?? '', region: region ?? '', postalCode: postalCode ?? '' };
    return [{ type, lines: [...lines], country, ...parts }];
  });
}
