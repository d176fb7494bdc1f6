import { SqlMigration } from '@bank/database';

/** When everything that a user had begun was ended: what is older opens nothing any more. */
export class CutOff extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.users add column cut_off_at timestamptz'];
  }
}
