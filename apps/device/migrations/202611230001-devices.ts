import { partitionedTableSql, platformTablesV1, SqlMigration } from '@bank/database';

/** Devices, sign-in history, and the tables every service has. */
export class Devices extends SqlMigration {
  override statements(): readonly string[] {
    return [
      ...platformTablesV1('device'),
      `create table device.devices (
      id uuid constraint devices_pkey primary key,
      user_id uuid not null,
      platform text not null constraint devices_platform_check check (platform in ('unspecified', 'web', 'android', 'ios', 'desktop')),
      model text not null,
      app_version text not null,
      first_seen_at timestamptz not null,
      last_seen_at timestamptz not null,
      trusted_at timestamptz,
      removed_at timestamptz
    )`,
      'create index devices_user_id_index on device.devices (user_id, id)',
      `create table device.sign_ins (
      id uuid not null,
      user_id uuid not null,
      device_id uuid not null,
      session_id uuid not null,
      client_id text not null,
      acr text not null,
      signed_in_at timestamptz not null,
      constraint sign_ins_pkey primary key (id)
    ) partition by range (id)`,
      ...partitionedTableSql('device', {
        table: 'sign_ins',
        keyColumn: 'id',
        ageColumn: 'signed_in_at',
        keepWeeks: 60,
      }),
      'create index sign_ins_user_id_index on device.sign_ins (user_id, id)',
    ];
  }
}
