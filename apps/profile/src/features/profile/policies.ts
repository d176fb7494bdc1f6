import { DomainError } from '@bank/domain';
import type { ProfilePatch } from '#features/profile/schemas.ts';
import type { Identity, Particulars, Profile } from '#storage/profile.entity.ts';

const oldestYears = 130;

/** What a patch changes: the two groups as they will be, and the names of the fields whose value differs. */
export interface ProfileChange {
  readonly identity: Identity;
  readonly particulars: Particulars;
  readonly changedFields: readonly (keyof ProfilePatch)[];
}

/** What another service may see of a profile: whose it is and its version, and of the rest what is listed for it. */
export type VisibleProfile = Pick<Profile, 'userId' | 'version'> & Partial<Profile>;

const shownToAll: ReadonlySet<string> = new Set(['userId', 'version'] satisfies (keyof VisibleProfile)[]);

/** The profile without the fields that are not listed. */
export function visibleFields(profile: Profile, listed: ReadonlySet<string>): VisibleProfile {
  const visible = Object.entries(profile).filter(([field]) => shownToAll.has(field) || listed.has(field));
  return Object.fromEntries(visible) as unknown as VisibleProfile;
}

/** Applies a merge patch to a profile. */
export function applyPatch(profile: Profile, patch: ProfilePatch): ProfileChange {
  const identity: Identity = {
    givenName: merged(profile, patch, 'givenName'),
    middleName: merged(profile, patch, 'middleName'),
    familyName: merged(profile, patch, 'familyName'),
    dateOfBirth: merged(profile, patch, 'dateOfBirth'),
    nationality: merged(profile, patch, 'nationality'),
  };
  const particulars: Particulars = {
    preferredName: merged(profile, patch, 'preferredName'),
    occupation: merged(profile, patch, 'occupation'),
  };
  const after = { ...identity, ...particulars };
  const fields = Object.keys(after) as (keyof typeof after)[];
  return { identity, particulars, changedFields: fields.filter((field) => after[field] !== profile[field]) };
}

/** A date of birth lies in the past, and not so far that nobody lives who has it. @throws request.invalid */
export function checkDateOfBirth(dateOfBirth: string | null, now: Date): void {
  if (dateOfBirth === null) return;
  const today = now.toISOString().slice(0, 10);
  const oldest = `${now.getUTCFullYear() - oldestYears}${today.slice(4)}`;
  if (dateOfBirth > today || dateOfBirth < oldest) {
    throw new DomainError('request.invalid', {
      details: { errors: [{ path: 'dateOfBirth', rule: 'plausible_date' }] },
    });
  }
}

function merged<K extends keyof ProfilePatch>(profile: Profile, patch: ProfilePatch, field: K): Profile[K] {
  const value = patch[field];
  return value === undefined ? profile[field] : (value as Profile[K]);
}
