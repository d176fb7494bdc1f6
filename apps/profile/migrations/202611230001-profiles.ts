import { platformTablesV1, SqlMigration } from '@bank/database';

/** Profiles, and the tables every service has. */
export class Profiles extends SqlMigration {
  override statements(): readonly string[] {
    return [
      ...platformTablesV1('profile'),
      `create table profile.profiles (
      user_id uuid constraint profiles_pkey primary key,
      version bigint not null,
      identity bytea,
      particulars bytea,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`,
    ];
  }
}
