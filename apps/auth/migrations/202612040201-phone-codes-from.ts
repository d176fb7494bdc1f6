import { SqlMigration } from '@bank/database';

/** From when on codes may go to a number that took the place of another. */
export class PhoneCodesFrom extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.users add column phone_codes_from timestamptz'];
  }
}
