import type { UserId } from '@bank/domain';
import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { ProfileFields } from '#storage/profile-groups.ts';

/** What the bank knows about a person, sealed in the groups of `profileGroups`. */
export const ProfileEntity = defineEntity({
  name: 'Profile',
  tableName: 'profiles',
  schema: 'profile',
  properties: {
    userId: p.uuid().primary(),
    version: p.bigint('number'),
    identity: p.blob().nullable(),
    particulars: p.blob().nullable(),
    demographics: p.blob().nullable(),
    contact: p.blob().nullable(),
    financial: p.blob().nullable(),
    identityLockedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    searchVersion: p.bigint('number').nullable(),
    searchScheme: p.text().nullable(),
  },
  indexes: [
    { name: 'profiles_unindexed_index', properties: ['userId'], where: 'search_version is distinct from version' },
    { name: 'profiles_search_scheme_index', properties: ['searchScheme', 'userId'] },
  ],
});

export type ProfileRow = Omit<InferEntity<typeof ProfileEntity>, 'searchVersion' | 'searchScheme'>;

/** An opened profile. `version` rises by one with every change. */
export type Profile = ProfileFields & {
  readonly userId: UserId;
  readonly version: number;
  /** Since when who the person is changes by a change request alone. */
  readonly identityLockedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
