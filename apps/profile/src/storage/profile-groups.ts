import type { KeyClass } from '@bank/database';

/** Who the person is. Dates are `YYYY-MM-DD`, countries ISO 3166-1 alpha-2; what is unknown is `null`, here and below. */
export type Identity = {
  readonly givenName: string | null;
  readonly middleName: string | null;
  readonly familyName: string | null;
  readonly dateOfBirth: string | null;
  readonly nationality: string | null;
};

/** What the person chose to tell. */
export type Particulars = {
  readonly preferredName: string | null;
  readonly occupation: string | null;
};

export const genders = ['female', 'male', 'non_binary', 'self_described', 'undisclosed'] as const;
export type Gender = (typeof genders)[number];

/** How people describe themselves. */
export type Demographics = {
  readonly gender: Gender | null;
  /** In the person's own words, with `self_described` alone. */
  readonly genderDescription: string | null;
};

/** A postal address, its parts named as in `bank.profile.v1.Address`. */
export type PostalAddress = {
  /** Street, building, flat: in the order they are written. */
  readonly lines: readonly string[];
  readonly district: string | null;
  readonly city: string | null;
  /** A code of the country's list where there is one. */
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly country: string;
};

export const addressTypes = ['home', 'mailing'] as const;
export type AddressType = (typeof addressTypes)[number];
export type Addresses = { readonly [T in AddressType]: PostalAddress | null };

/** Where the person lives and is reached. */
export type Contact = {
  readonly residence: string | null;
  readonly addresses: Addresses;
};

export const fundSources = [
  ...(['employment', 'self_employment', 'business', 'pension', 'benefits', 'investments', 'savings'] as const),
  ...(['property_sale', 'inheritance', 'gift', 'family_support', 'other'] as const),
] as const;
export type FundSource = (typeof fundSources)[number];

/** Why there is no tax identification number: reasons A, C and B of the OECD's Common Reporting Standard. */
export const noTinReasons = ['not_issued', 'not_required', 'unobtainable'] as const;
export type NoTinReason = (typeof noTinReasons)[number];

/** Where the person pays tax: with a number there, or the reason why there is none. */
export type TaxResidency = {
  readonly country: string;
  readonly tin: string | null;
  readonly noTinReason: NoTinReason | null;
  /** With `unobtainable`, which has to be explained. */
  readonly explanation: string | null;
};

/** What tells of the person's money. */
export type Financial = {
  readonly sourceOfFunds: FundSource | null;
  readonly taxResidencies: readonly TaxResidency[];
};

/** The fields of each group, which are one sealed record of the row: opened together, and gone together. */
export type ProfileGroups = {
  readonly identity: Identity;
  readonly particulars: Particulars;
  readonly demographics: Demographics;
  readonly contact: Contact;
  readonly financial: Financial;
};
export type GroupName = keyof ProfileGroups;

/** Everything of the person, whatever group it is in. */
export type ProfileFields = Identity & Particulars & Demographics & Contact & Financial;
export type ProfileField = keyof ProfileFields;

interface Group<G extends GroupName> {
  readonly keyClass: KeyClass;
  /** Why law makes a bank keep it, where the key is retained. */
  readonly because?: string;
  /** The group when nothing is known, with every field it has. */
  readonly empty: ProfileGroups[G];
}

/**
 * The groups in which a profile is sealed, by the name of their column. Whoever adds a field to a group that a release
 * already writes loses it as soon as a process of that release writes the row: a new field goes into a new group, until the
 * release that knows neither is gone (docs/development/migrations.md).
 */
export const profileGroups: { readonly [G in GroupName]: Group<G> } = {
  identity: {
    keyClass: 'retained',
    because: 'law makes a bank keep who its customer was',
    empty: { givenName: null, middleName: null, familyName: null, dateOfBirth: null, nationality: null },
  },
  particulars: { keyClass: 'erasable', empty: { preferredName: null, occupation: null } },
  demographics: { keyClass: 'erasable', empty: { gender: null, genderDescription: null } },
  contact: {
    keyClass: 'retained',
    because: 'law makes a bank keep where its customer lived and was written to',
    empty: { residence: null, addresses: { home: null, mailing: null } },
  },
  financial: {
    keyClass: 'retained',
    because: 'law makes a bank keep where the money came from and what was reported to which tax authority',
    empty: { sourceOfFunds: null, taxResidencies: [] },
  },
};

export const groupNames = Object.keys(profileGroups) as readonly GroupName[];

/** The groups that stay when the person's data is erased, or those that go. */
export function groupsUnder(keyClass: KeyClass): readonly GroupName[] {
  return groupNames.filter((name) => profileGroups[name].keyClass === keyClass);
}

/** The names of a group's fields. */
export function fieldsOf(name: GroupName): readonly ProfileField[] {
  return Object.keys(profileGroups[name].empty) as ProfileField[];
}

/** Every field of a profile, in the order of the groups. */
export const profileFields: readonly ProfileField[] = groupNames.flatMap(fieldsOf);

/** A profile of which nothing is known. */
export const emptyFields: ProfileFields = Object.assign({}, ...groupNames.map((name) => profileGroups[name].empty));
