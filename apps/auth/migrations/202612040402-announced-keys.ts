import { SqlMigration } from '@bank/database';

/** Every process that issues tokens hears at once of keys that were made, moved or forgotten. */
export class AnnouncedKeys extends SqlMigration {
  override statements(): string[] {
    return [
      `create function auth.announce_signing_keys() returns trigger language plpgsql as
      $$ begin perform pg_notify('auth_signing_keys', ''); return null; end $$`,
      `create trigger signing_keys_announce after insert or update or delete on auth.signing_keys
      for each statement execute function auth.announce_signing_keys()`,
    ];
  }
}
