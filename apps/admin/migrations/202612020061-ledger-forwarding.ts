import { SqlMigration } from '@bank/database';

/** How far the platform's Audit service has the ledger, and the lease of the one process that brings it there. */
export class LedgerForwarding extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table admin.ledger_forwarding (
      shard smallint constraint ledger_forwarding_pkey primary key,
      position bigint not null,
      hash bytea not null
    )`,
      `insert into admin.ledger_forwarding (shard, position, hash)
     select shard, 0, decode(repeat('00', 32), 'hex') from generate_series(0, 15) as shard`,
      'revoke insert, delete, truncate on admin.ledger_forwarding from admin_app',
      `create table admin.ledger_forwarder (
      name text constraint ledger_forwarder_pkey primary key,
      holder uuid,
      expires_at timestamptz
    )`,
      `insert into admin.ledger_forwarder (name) values ('forwarder')`,
      'revoke insert, delete, truncate on admin.ledger_forwarder from admin_app',
    ];
  }
}
