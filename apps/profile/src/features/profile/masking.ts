import { type PersonalProfileField, personalProfileFields } from '@bank/domain';
import type { Profile } from '#storage/profile.entity.ts';

/** Of these the first letter is shown, so that staff can tell people apart who are on the telephone. */
const hinted: ReadonlySet<PersonalProfileField> = new Set(['givenName', 'middleName', 'familyName', 'preferredName']);

type Masked<T> = T extends string ? string : T extends object ? { readonly [K in keyof T]: Masked<T[K]> } : T;

/** A profile in which what was personal need not be anything of its kind any more. */
export type MaskedProfile = Omit<Profile, PersonalProfileField> & Masked<Pick<Profile, PersonalProfileField>>;

/** The profile with every value of the person masked but those named. What is unknown stays unknown. */
export function maskProfile(profile: Profile, shown: ReadonlySet<string>): MaskedProfile {
  const masked = personalProfileFields
    .filter((field) => !shown.has(field))
    .map((field) => [field, hinted.has(field) ? hint(profile[field]) : masks(profile[field])]);
  return { ...profile, ...Object.fromEntries(masked) };
}

function hint(value: unknown): unknown {
  const [first = ''] = typeof value === 'string' ? value : '';
  return typeof value === 'string' ? `${first}***` : value;
}

/** The same thing with a mask for every text in it. */
function masks(value: unknown): unknown {
  if (typeof value === 'string') return '***';
  if (Array.isArray(value)) return value.map(masks);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, masks(part)]));
}
