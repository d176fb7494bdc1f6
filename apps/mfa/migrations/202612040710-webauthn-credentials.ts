import { SqlMigration } from '@bank/database';

/** What passkeys are proved with (WebAuthn level 3 §4, credential record), apart from what all factors have. */
export class WebauthnCredentials extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table mfa.webauthn_credentials (
      factor_id uuid constraint webauthn_credentials_pkey primary key
        constraint webauthn_credentials_factor_id_fkey references mfa.factors (id) on delete cascade,
      credential_id bytea not null constraint webauthn_credentials_credential_id_key unique,
      public_key bytea not null,
      algorithm integer not null,
      counter bigint not null,
      transports text[] not null,
      aaguid uuid not null,
      is_backup_eligible boolean not null,
      is_backed_up boolean not null,
      is_attested boolean not null,
      is_discoverable boolean
    )`,
    ];
  }
}
