import { SqlMigration } from '@bank/database';

/** What members of staff may see of a user in full, for a quarter of an hour. */
export class Unmaskings extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table admin.unmaskings (
      staff_id uuid not null,
      user_id uuid not null,
      fields text[] not null,
      note_id uuid not null,
      expires_at timestamptz not null,
      constraint unmaskings_pkey primary key (staff_id, user_id)
    )`,
      'create index unmaskings_expires_index on admin.unmaskings (expires_at)',
    ];
  }
}
