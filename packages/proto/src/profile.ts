import type { Profile } from './gen/bank/profile/v1/profile_pb.ts';

export * from './gen/bank/profile/v1/profile_pb.ts';
export * from './gen/bank/profile/v1/profile_service_pb.ts';

/** The fields of `Profile` that are the person's own: `ViewProfile` masks them, and shows in full those that it names in `unmask`. */
export const personalProfileFields = [
  'givenName',
  'middleName',
  'familyName',
  'preferredName',
  'dateOfBirth',
  'nationality',
  'occupation',
] as const satisfies readonly (keyof Profile)[];
export type PersonalProfileField = (typeof personalProfileFields)[number];
