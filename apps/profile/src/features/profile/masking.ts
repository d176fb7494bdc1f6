import { type PersonalProfileField, personalProfileFields } from '@bank/domain';
import type { Profile } from '#storage/profile.entity.ts';

/** Of these the first letter is shown, so that staff can tell people apart who are on the telephone. */
const hinted: ReadonlySet<PersonalProfileField> = new Set(['givenName', 'middleName', 'familyName', 'preferredName']);

/** The profile with every value of the person masked but those named. What is unknown stays unknown. */
export function maskProfile(profile: Profile, shown: ReadonlySet<string>): Profile {
  const masked = personalProfileFields
    .filter((field) => !shown.has(field))
    .map((field) => [field, maskValue(field, profile[field])]);
  return { ...profile, ...Object.fromEntries(masked) };
}

function maskValue(field: PersonalProfileField, value: string | null): string | null {
  if (value === null) return null;
  const [first = ''] = hinted.has(field) ? value : '';
  return `${first}***`;
}
