import { SqlMigration } from '@bank/database';

/** The client of sessions in which a member of staff enrols a factor: short, and for nothing else. */
export class Enrolment extends SqlMigration {
  override statements(): string[] {
    return [
      `insert into auth.clients (id, audience, token_delivery, listener, idle_seconds, absolute_seconds) values
      ('staff-enrolment', 'enrolment', 'cookie', 'staff', 600, 1800)`,
    ];
  }
}
