import { SqlMigration } from '@bank/database';

/** Of which version of his settings a user's language is; null while it is the one that he registered with. */
export class LocaleVersion extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.users add column locale_version bigint'];
  }
}
