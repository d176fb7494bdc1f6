import { SqlMigration } from '@bank/database';

/** What one member of staff asked for and another one decides. */
export class Approvals extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table admin.approvals (
      id uuid constraint approvals_pkey primary key,
      action text not null,
      user_id uuid,
      payload jsonb not null,
      maker_id uuid not null,
      note_id uuid not null,
      request text not null,
      status text not null constraint approvals_status_check
        check (status in ('pending', 'executing', 'approved', 'rejected', 'expired')),
      checker_id uuid constraint approvals_checker_check check (checker_id <> maker_id),
      decision_note_id uuid,
      lease_until timestamptz,
      created_at timestamptz not null,
      decided_at timestamptz,
      expires_at timestamptz not null
    )`,
      'create index approvals_maker_index on admin.approvals (maker_id, id)',
      'create index approvals_action_index on admin.approvals (action, id)',
      'create index approvals_due_index on admin.approvals (status, expires_at)',
      // A request that was made is never taken away.
      'revoke delete, truncate on admin.approvals from admin_app',
    ];
  }
}
