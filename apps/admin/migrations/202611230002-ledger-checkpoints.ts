import { SqlMigration } from '@bank/database';

/** Signed checkpoints of the ledger, as append-only as its entries, and the lease of the one process that signs. */
export class LedgerCheckpoints extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table admin.ledger_checkpoints (
      number bigint constraint ledger_checkpoints_pkey primary key,
      signed_at timestamptz not null,
      jws text not null,
      manifest bytea not null
    )`,
      'revoke update, delete, truncate on admin.ledger_checkpoints from admin_app',
      `create trigger ledger_checkpoints_append_only before update or delete on admin.ledger_checkpoints
      for each row execute function admin.refuse_change()`,
      `create trigger ledger_checkpoints_no_truncate before truncate on admin.ledger_checkpoints
      for each statement execute function admin.refuse_change()`,
      `create table admin.ledger_signer (
      name text constraint ledger_signer_pkey primary key,
      holder uuid,
      expires_at timestamptz
    )`,
      `insert into admin.ledger_signer (name) values ('signer')`,
      'revoke insert, delete, truncate on admin.ledger_signer from admin_app',
    ];
  }
}
