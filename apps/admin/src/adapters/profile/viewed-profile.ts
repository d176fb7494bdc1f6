import type { PersonalProfileField } from '@bank/domain';
import { type Address, AddressType, type Profile } from '@bank/proto/profile';
import { dateOf } from '#adapters/date-of.ts';

/** A postal address as staff see it. */
export interface ViewedAddress {
  readonly lines: readonly string[];
  readonly district: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly country: string;
}

/** A country in which the person pays tax, as staff see it. */
export interface ViewedTaxResidency {
  readonly country: string;
  readonly tin: string | null;
  readonly noTinReason: string | null;
  readonly explanation: string | null;
}

/** A profile as staff see it: what was not asked for in full is masked, what is unknown is null. */
export type ViewedProfile = Readonly<
  Record<Exclude<PersonalProfileField, 'addresses' | 'taxResidencies'>, string | null>
> & {
  readonly addresses: { readonly home: ViewedAddress | null; readonly mailing: ViewedAddress | null };
  readonly taxResidencies: readonly ViewedTaxResidency[];
  readonly identityLockedAt: Date | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
};

/** The message of a profile as staff see it. */
export function viewedProfile(profile: Profile): ViewedProfile {
  return {
    givenName: profile.givenName || null,
    middleName: profile.middleName || null,
    familyName: profile.familyName || null,
    preferredName: profile.preferredName || null,
    dateOfBirth: profile.dateOfBirth || null,
    nationality: profile.nationality || null,
    occupation: profile.occupation || null,
    gender: profile.gender || null,
    genderDescription: profile.genderDescription || null,
    residence: profile.residence || null,
    sourceOfFunds: profile.sourceOfFunds || null,
    addresses: {
      home: viewedAddress(profile.addresses.find(({ type }) => type === AddressType.HOME)),
      mailing: viewedAddress(profile.addresses.find(({ type }) => type === AddressType.MAILING)),
    },
    taxResidencies: profile.taxResidencies.map(({ country, tin, noTinReason, explanation }) => {
      return { country, tin: tin || null, noTinReason: noTinReason || null, explanation: explanation || null };
    }),
    identityLockedAt: dateOf(profile.identityLockedAt),
    createdAt: dateOf(profile.createdAt),
    updatedAt: dateOf(profile.updatedAt),
  };
}

function viewedAddress(address: Address | undefined): ViewedAddress | null {
  if (address === undefined) return null;
  const { lines, district, city, region, postalCode, country } = address;
  const parts = { city: city || null, region: region || null, postalCode: postalCode || null };
  return { lines, district: district || null, ...parts, country };
}
