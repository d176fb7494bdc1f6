/**
 * The fields of a profile that are the person's own, by the names they have in the contract (`bank.profile.v1.Profile`): staff see
 * them masked, and in full those that they unmask.
 */
export const personalProfileFields = [
  'givenName',
  'middleName',
  'familyName',
  'preferredName',
  'dateOfBirth',
  'nationality',
  'occupation',
  'gender',
  'genderDescription',
  'residence',
  'addresses',
  'sourceOfFunds',
  'taxResidencies',
] as const;
export type PersonalProfileField = (typeof personalProfileFields)[number];
