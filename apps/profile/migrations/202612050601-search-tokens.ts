import { SqlMigration, tokenIndexTableSql } from '@bank/database';

/** What people are found by, and of which version of a profile it was made, under which scheme. */
export class SearchTokens extends SqlMigration {
  override statements(): readonly string[] {
    return [
      ...tokenIndexTableSql('profile', 'search_tokens'),
      'alter table profile.profiles add column search_version bigint, add column search_scheme text',
    ];
  }
}
