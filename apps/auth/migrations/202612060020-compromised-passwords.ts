import { SqlMigration } from '@bank/database';

/** Since when a password is known to others: it opens no session until another is chosen (SR-4). */
export class CompromisedPasswords extends SqlMigration {
  override statements(): string[] {
    return ['alter table auth.credentials add column compromised_at timestamptz'];
  }
}
