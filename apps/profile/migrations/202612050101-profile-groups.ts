import { SqlMigration } from '@bank/database';

/**
 * More sealed groups of a profile. A release that does not know them writes `identity` and `particulars` whole, so what is
 * new stands beside these and not in them.
 */
export class ProfileGroups extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `alter table profile.profiles
      add column demographics bytea,
      add column contact bytea,
      add column financial bytea`,
    ];
  }
}
