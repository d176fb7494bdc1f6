import { SqlMigration } from '@bank/database';

/** What users ask to have changed of what was verified; a user has one open at a time. */
export class ChangeRequests extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table profile.change_requests (
      id uuid constraint change_requests_pkey primary key,
      user_id uuid not null,
      status text not null,
      fields text[] not null,
      proposal bytea not null,
      created_at timestamptz not null,
      closed_at timestamptz,
      decided_by uuid,
      note_id uuid,
      rejection text,
      constraint change_requests_status_check check (status in ('open', 'approved', 'rejected', 'withdrawn')),
      constraint change_requests_closed_check check ((status = 'open') = (closed_at is null)),
      constraint change_requests_decided_check check ((status in ('approved', 'rejected')) = (decided_by is not null)),
      constraint change_requests_subject_check check (decided_by <> user_id),
      constraint change_requests_rejection_check check ((status = 'rejected') = (rejection is not null))
    )`,
      `create unique index change_requests_open_unique on profile.change_requests (user_id) where status = 'open'`,
      'create index change_requests_user_index on profile.change_requests (user_id, id)',
      `create index change_requests_queue_index on profile.change_requests (id) where status = 'open'`,
      'create index change_requests_closed_index on profile.change_requests (closed_at)',
    ];
  }
}
