import type { UserId } from '@bank/domain';
import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/**
 * What the bank knows about a person, sealed in two groups: `identity` is kept as law demands when the person
 * leaves, `particulars` go when the erasable key goes.
 */
export const ProfileEntity = defineEntity({
  name: 'Profile',
  tableName: 'profiles',
  schema: 'profile',
  properties: {
    userId: p.uuid().primary(),
    version: p.bigint('number'),
    identity: p.blob().nullable(),
    particulars: p.blob().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

export type ProfileRow = InferEntity<typeof ProfileEntity>;

/** Who the person is. Dates are `YYYY-MM-DD`, countries ISO 3166-1 alpha-2; what is unknown is `null`. */
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

/** An opened profile. `version` rises by one with every change. */
export interface Profile extends Identity, Particulars {
  readonly userId: UserId;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const emptyIdentity: Identity = {
  givenName: null,
  middleName: null,
  familyName: null,
  dateOfBirth: null,
  nationality: null,
};

export const emptyParticulars: Particulars = { preferredName: null, occupation: null };
