import { identifier } from '#connection/identifier.ts';
import { rolesOf } from '#migrations/roles.ts';

/** The users' data keys, wrapped. A destroyed key leaves its row, so that no second key can take its place. */
export function dataKeysSql(schema: string): string[] {
  const s = identifier(schema);
  const { app } = rolesOf(schema);
  return [
    `create table ${s}.data_keys (
  id uuid not null,
  user_id uuid not null,
  key_class text not null,
  kek_id text,
  wrapped bytea,
  created_at timestamptz not null,
  destroyed_at timestamptz,
  constraint data_keys_pkey primary key (id),
  constraint data_keys_user_id_key_class_key unique (user_id, key_class),
  constraint data_keys_key_class_check check (key_class in ('erasable', 'retained')),
  constraint data_keys_destroyed_check
    check ((wrapped is null) = (destroyed_at is not null) and (kek_id is null) = (destroyed_at is not null))
)`,
    `create index data_keys_kek_id_index on ${s}.data_keys (kek_id, id)`,
    `create table ${s}.data_key_tombstones (
  key_id uuid not null,
  user_id uuid not null,
  key_class text not null,
  destroyed_at timestamptz not null,
  constraint data_key_tombstones_pkey primary key (key_id)
)`,
    `revoke all on ${s}.data_keys, ${s}.data_key_tombstones from ${app}`,
    `grant select, insert, update (kek_id, wrapped, destroyed_at) on ${s}.data_keys to ${app}`,
    `grant select, insert on ${s}.data_key_tombstones to ${app}`,
  ];
}
