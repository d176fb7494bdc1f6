import { approvalTableV1, SqlMigration } from '@bank/database';

/** KYC: what tier a user holds, the user's cases and their documents, what the provider is to be handed, and who called back. */
export class Kyc extends SqlMigration {
  override statements(): readonly string[] {
    return [
      ...approvalTableV1('profile'),
      `create table profile.kyc_standings (
      user_id uuid constraint kyc_standings_pkey primary key,
      tier smallint not null constraint kyc_standings_tier_check check (tier >= 0 and tier <= 3),
      version bigint not null,
      case_id uuid,
      valid_until date,
      reminded_at timestamptz,
      updated_at timestamptz not null
    )`,
      'create index kyc_standings_valid_until_idx on profile.kyc_standings (valid_until) where valid_until is not null',
      `create table profile.kyc_cases (
      id uuid constraint kyc_cases_pkey primary key,
      user_id uuid not null,
      tier smallint not null constraint kyc_cases_tier_check check (tier >= 1 and tier <= 3),
      status text not null constraint kyc_cases_status_check check (status in
        ('draft', 'submitted', 'in_review', 'approved', 'rejected', 'more_information', 'expired')),
      attempt integer not null default 0,
      reasons text[] not null,
      locks_identity boolean not null,
      reviewer_id uuid,
      claimed_at timestamptz,
      decided_by text constraint kyc_cases_decided_by_check check (decided_by in ('provider', 'approval', 'staff')),
      created_at timestamptz not null,
      moved_at timestamptz not null,
      submitted_at timestamptz
    )`,
      'create index kyc_cases_user_id_idx on profile.kyc_cases (user_id, id)',
      `create unique index kyc_cases_open_idx on profile.kyc_cases (user_id)
        where status in ('draft', 'submitted', 'in_review', 'more_information')`,
      `create index kyc_cases_queue_idx on profile.kyc_cases (submitted_at, id) where status in ('submitted', 'in_review')`,
      `create index kyc_cases_waiting_idx on profile.kyc_cases (moved_at) where status in ('draft', 'more_information')`,
      `create table profile.kyc_documents (
      id uuid constraint kyc_documents_pkey primary key,
      case_id uuid not null constraint kyc_documents_case_id_fkey references profile.kyc_cases (id),
      user_id uuid not null,
      kind text not null,
      side text not null constraint kyc_documents_side_check check (side in ('front', 'back')),
      country text not null,
      state text not null constraint kyc_documents_state_check check (state in ('begun', 'uploaded', 'replaced')),
      upload_id uuid not null constraint kyc_documents_upload_id_key unique,
      file_id uuid,
      particulars bytea not null,
      created_at timestamptz not null,
      uploaded_at timestamptz
    )`,
      'create index kyc_documents_user_id_idx on profile.kyc_documents (user_id, id)',
      'create index kyc_documents_case_id_idx on profile.kyc_documents (case_id)',
      `create unique index kyc_documents_uploaded_idx on profile.kyc_documents (case_id, kind, side) where state = 'uploaded'`,
      `create index kyc_documents_begun_idx on profile.kyc_documents (created_at) where state = 'begun'`,
      `create table profile.kyc_submissions (
      id uuid constraint kyc_submissions_pkey primary key,
      case_id uuid not null constraint kyc_submissions_case_id_fkey references profile.kyc_cases (id),
      user_id uuid not null,
      attempt integer not null,
      state text not null constraint kyc_submissions_state_check check (state in ('pending', 'taken', 'refused', 'settled')),
      tries integer not null default 0,
      next_at timestamptz,
      verification_id text,
      failure text,
      created_at timestamptz not null,
      constraint kyc_submissions_attempt_key unique (case_id, attempt)
    )`,
      'create index kyc_submissions_user_id_idx on profile.kyc_submissions (user_id)',
      `create index kyc_submissions_next_idx on profile.kyc_submissions (state, next_at) where next_at is not null`,
      `create table profile.kyc_callbacks (
      digest bytea constraint kyc_callbacks_pkey primary key,
      received_at timestamptz not null
    )`,
      'create index kyc_callbacks_received_at_idx on profile.kyc_callbacks (received_at)',
    ];
  }
}
