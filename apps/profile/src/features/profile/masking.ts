import type { Profile } from '#storage/profile.entity.ts';

/** The fields that are somebody's own: the rest says whose the profile is and when it changed. */
export const maskedFields = [
  'givenName',
  'middleName',
  'familyName',
  'preferredName',
  'dateOfBirth',
  'nationality',
  'occupation',
] as const satisfies readonly (keyof Profile)[];
export type MaskedField = (typeof maskedFields)[number];

/** Of these the first letter is shown, so that staff can tell people apart who are on the telephone. */
const hinted: ReadonlySet<MaskedField> = new Set(['givenName', 'middleName', 'familyName', 'preferredName']);

/** The profile with every value of the person masked but those named. What is unknown stays unknown. */
export function maskProfile(profile: Profile, shown: ReadonlySet<string>): Profile {
  const masked = maskedFields
    .filter((field) => !shown.has(field))
    .map((field) => [field, maskValue(field, profile[field])]);
  return { ...profile, ...Object.fromEntries(masked) };
}

function maskValue(field: MaskedField, value: string | null): string | null {
  if (value === null) return null;
  const [first = ''] = hinted.has(field) ? value : '';
  return `${first}***`;
}
