import { SqlMigration } from '@bank/database';

/** With how many failures a pool had locked when a lock of it was last told of: each is told of once, whoever meets it first. */
export class ToldLocks extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.lockouts add column told_failures integer not null default 0'];
  }
}
