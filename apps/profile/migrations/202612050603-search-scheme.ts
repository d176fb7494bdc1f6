import { type IndexChange, IndexMigration } from '@bank/database';

/** By which profiles are found that were indexed under another key, or by other terms. */
export class SearchScheme extends IndexMigration {
  override change(): IndexChange {
    return { create: 'profiles_search_scheme_index', on: 'profile.profiles', as: '(search_scheme, user_id)' };
  }
}
