import { SqlMigration } from '@bank/database';

/** How often a password was chosen by a link: each try tells whether it is one that the user has, or had. */
export class ResetTries extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.password_resets add column tries smallint not null default 0'];
  }
}
