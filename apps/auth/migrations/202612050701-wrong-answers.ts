import { SqlMigration } from '@bank/database';

/** Wrong second halves since the last success in a pool: a success after them is told of, as one after wrong passwords is. */
export class WrongAnswers extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.lockouts add column wrong_answers integer not null default 0'];
  }
}
