import { partitionedTableSql, platformTablesV1, SqlMigration } from '@bank/database';

/** The audit ledger, a projection of users without personal data, and the tables every service has. */
export class Ledger extends SqlMigration {
  override statements(): readonly string[] {
    return [
      ...platformTablesV1('admin'),
      `create table admin.ledger_entries (
      id uuid not null,
      shard smallint not null constraint ledger_entries_shard_check check (shard >= 0 and shard <= 15),
      position bigint not null constraint ledger_entries_position_check check (position > 0),
      version smallint not null,
      action text not null,
      actor_id text not null,
      subject text not null,
      outcome text not null,
      occurred_at timestamptz not null,
      recorded_at timestamptz not null,
      body text not null,
      previous_hash bytea not null,
      hash bytea not null,
      constraint ledger_entries_pkey primary key (id)
    ) partition by range (id)`,
      ...partitionedTableSql('admin', { table: 'ledger_entries', keyColumn: 'id', ageColumn: 'recorded_at' }),
      'create index ledger_entries_place_index on admin.ledger_entries (shard, position)',
      'create index ledger_entries_subject_index on admin.ledger_entries (subject, id)',
      'create index ledger_entries_actor_index on admin.ledger_entries (actor_id, id)',
      `create table admin.ledger_heads (
      shard smallint constraint ledger_heads_pkey primary key,
      position bigint not null,
      hash bytea not null
    )`,
      `insert into admin.ledger_heads (shard, position, hash)
     select shard, 0, decode(repeat('00', 32), 'hex') from generate_series(0, 15) as shard`,
      // Entries are only ever added: the role may not change them, and the trigger stops whoever may. Only partition
      // maintenance, which runs as the owner on behalf of the app, moves entries out of the default partition.
      'revoke update, delete, truncate on admin.ledger_entries from admin_app',
      'revoke insert, delete, truncate on admin.ledger_heads from admin_app',
      `create function admin.refuse_change() returns trigger language plpgsql set search_path = pg_catalog as $$
      begin
        if tg_op = 'DELETE' and tg_table_name = 'ledger_entries_default' and session_user <> current_user then
          return old;
        end if;
        raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
      end $$`,
      `create trigger ledger_entries_append_only before update or delete on admin.ledger_entries
      for each row execute function admin.refuse_change()`,
      `create trigger ledger_entries_no_truncate before truncate on admin.ledger_entries
      for each statement execute function admin.refuse_change()`,
      `create table admin.users (
      user_id uuid constraint users_pkey primary key,
      status text not null,
      version bigint not null,
      activated_at timestamptz not null
    )`,
    ];
  }
}
