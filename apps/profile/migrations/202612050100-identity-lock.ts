import { SqlMigration } from '@bank/database';

/** Since when who a person is changes by a change request alone. */
export class IdentityLock extends SqlMigration {
  override statements(): readonly string[] {
    return ['alter table profile.profiles add column identity_locked_at timestamptz'];
  }
}
