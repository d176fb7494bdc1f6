import { SqlMigration } from '@bank/database';

/** The key of a device, and the questions that are put to it. */
export class DeviceKeys extends SqlMigration {
  override statements(): readonly string[] {
    return [
      // One for each device. The public half alone, in the form of RFC 5280 (SubjectPublicKeyInfo).
      `create table device.device_keys (
      device_id uuid constraint device_keys_pkey primary key,
      user_id uuid not null,
      algorithm text not null constraint device_keys_algorithm_check check (algorithm in ('ES256', 'EdDSA')),
      public_key bytea not null,
      thumbprint text not null constraint device_keys_thumbprint_key unique,
      bound_at timestamptz not null,
      rotated_at timestamptz,
      last_used_at timestamptz
    )`,
      'create index device_keys_user_id_index on device.device_keys (user_id)',
      // One for each session, device and ceremony: asking again takes the place of the older. An answer takes the row away.
      `create table device.key_challenges (
      session_id uuid not null,
      device_id uuid not null,
      ceremony text not null constraint key_challenges_ceremony_check check (ceremony in ('bind', 'rotate', 'approve')),
      id uuid not null,
      user_id uuid not null,
      challenge bytea not null,
      payload_digest bytea,
      expires_at timestamptz not null,
      constraint key_challenges_pkey primary key (session_id, device_id, ceremony),
      constraint key_challenges_digest_check check ((ceremony = 'approve') = (payload_digest is not null))
    )`,
      'create index key_challenges_user_id_index on device.key_challenges (user_id)',
      'create index key_challenges_expires_at_index on device.key_challenges (expires_at)',
    ];
  }
}
