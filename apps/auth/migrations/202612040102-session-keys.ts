import { SqlMigration } from '@bank/database';

/** Thumbprints of the keys that sessions are bound to; null for one of bearer tokens. */
export class SessionKeys extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table auth.sessions add column dpop_jkt text'];
  }
}
