import { SqlMigration } from '@bank/database';

/** Files of users, from the moment an upload is begun until the object that it left is gone. */
export class Files extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table profile.files (
      id uuid constraint files_pkey primary key,
      user_id uuid not null,
      purpose text not null constraint files_purpose_check check (purpose in ('avatar', 'kyc_document')),
      status text not null constraint files_status_check check (status in ('begun', 'stored', 'removed')),
      provider text not null,
      content_type text not null,
      size_bytes integer not null,
      sha256 bytea,
      upload_key text,
      upload_until timestamptz not null,
      stored_key text not null,
      claim uuid,
      claimed_until timestamptz,
      expires_at timestamptz,
      created_at timestamptz not null,
      constraint files_expiry_check check ((status = 'stored') = (expires_at is null))
    )`,
      'create index files_user_index on profile.files (user_id, purpose, status)',
      'create index files_expiry_index on profile.files (expires_at) where expires_at is not null',
      'create index files_upload_index on profile.files (upload_until) where upload_key is not null',
    ];
  }
}
