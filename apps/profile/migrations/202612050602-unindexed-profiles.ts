import { type IndexChange, IndexMigration } from '@bank/database';

/** By which profiles are found that were changed by a process that does not know of the search. */
export class UnindexedProfiles extends IndexMigration {
  override change(): IndexChange {
    return {
      create: 'profiles_unindexed_index',
      on: 'profile.profiles',
      as: '(user_id) where search_version is distinct from version',
    };
  }
}
