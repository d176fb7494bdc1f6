import { SqlMigration } from '@bank/database';

/** Codes that are sent to a live session have a row beside that of sign-ins, in which the release before writes all of them. */
export class CodePools extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `alter table mfa.sent_codes
      add column pool text not null default 'sign_in',
      add constraint sent_codes_pool_check check (pool in ('sign_in', 'session')) not valid`,
    ];
  }
}
