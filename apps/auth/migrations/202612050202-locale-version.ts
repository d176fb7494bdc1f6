import { SqlMigration } from '@bank/database';

/** Of which version of their settings a user's language is; null while it is that of the registration. */
export class LocaleVersion extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.users add column locale_version bigint'];
  }
}
