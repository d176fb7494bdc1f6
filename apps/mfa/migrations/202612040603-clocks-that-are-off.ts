import { SqlMigration } from '@bank/database';

/** The last code of an app that was refused for its time alone: its step, and how many steps it was ahead. */
export class ClocksThatAreOff extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table mfa.totp_factors add column off_step bigint, add column off_by smallint'];
  }
}
