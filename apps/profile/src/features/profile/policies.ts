import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '@bank/domain';
import type { ProfilePatch } from '#features/profile/schemas.ts';
import type { Profile } from '#storage/profile.entity.ts';
import { type ProfileField, type ProfileFields, profileFields } from '#storage/profile-groups.ts';

const oldestYears = 130;

/** Once who the person is has been verified, these change by a change request alone. */
export const lockableFields = [
  'givenName',
  'middleName',
  'familyName',
  'dateOfBirth',
  'nationality',
  'residence',
] as const satisfies readonly ProfileField[];

/** What becomes of a profile: it as it will be, and the names of the fields whose value differs. */
export interface ProfileChange {
  readonly after: Profile;
  readonly changedFields: readonly ProfileField[];
}

/** What another service may see of a profile: whose it is and its version, and of the rest what is listed for it. */
export type VisibleProfile = Pick<Profile, 'userId' | 'version'> & Partial<Profile>;

const shownToAll: ReadonlySet<string> = new Set(['userId', 'version'] satisfies (keyof VisibleProfile)[]);

/** The profile without the fields that are not listed. */
export function visibleFields(profile: Profile, listed: ReadonlySet<string>): VisibleProfile {
  const visible = Object.entries(profile).filter(([field]) => shownToAll.has(field) || listed.has(field));
  return Object.fromEntries(visible) as unknown as VisibleProfile;
}

/** Applies a merge patch to a profile. @throws request.invalid when what it leaves contradicts itself */
export function applyPatch(profile: Profile, patch: ProfilePatch): ProfileChange {
  const { taxResidencies, ...rest } = patch;
  const given = { ...rest, taxResidencies: taxResidencies === null ? [] : taxResidencies };
  const change = changeOf(profile, given);
  if (change.after.gender === 'self_described') return change;
  if (patch.genderDescription != null) refuse('genderDescription', 'needs_self_described');
  return changeOf(profile, { ...given, genderDescription: null });
}

type OtherValues = { readonly [F in ProfileField]?: ProfileFields[F] | undefined };

/** A profile with other values in some fields; what is undefined stays. */
export function changeOf(profile: Profile, fields: OtherValues): ProfileChange {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const after: Profile = { ...profile, ...given };
  return { after, changedFields: profileFields.filter((field) => !isDeepStrictEqual(after[field], profile[field])) };
}

/** What was verified stays. @throws profile.field.locked naming the fields */
export function refuseLocked({ identityLockedAt }: Profile, changedFields: readonly ProfileField[]): void {
  const locked = identityLockedAt === null ? [] : lockableFields.filter((field) => changedFields.includes(field));
  if (locked.length === 0) return;
  throw new DomainError('profile.field.locked', {
    details: { errors: locked.map((path) => ({ path, rule: 'locked' })) },
  });
}

/**
 * A date of birth lies in the past, not so far that nobody lives who has it, and far enough that its person may be a
 * customer. Who was born on 29 February comes of age on 1 March. @throws request.invalid
 */
export function checkDateOfBirth(dateOfBirth: string | null, now: Date, ageMinYears: number): void {
  if (dateOfBirth === null) return;
  if (dateOfBirth > yearsBefore(now, 0) || dateOfBirth < yearsBefore(now, oldestYears)) {
    refuse('dateOfBirth', 'plausible_date');
  }
  if (dateOfBirth > yearsBefore(now, ageMinYears)) refuse('dateOfBirth', 'age_min');
}

function yearsBefore(now: Date, years: number): string {
  return `${now.getUTCFullYear() - years}${now.toISOString().slice(4, 10)}`;
}

function refuse(path: string, rule: string): never {
  throw new DomainError('request.invalid', { details: { errors: [{ path, rule }] } });
}
