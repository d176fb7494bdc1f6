import { SqlMigration } from '@bank/database';

/** How far the ledger was verified by itself: what is new, and the whole of it again and again. */
export class LedgerVerification extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table admin.ledger_verification (
      name text constraint ledger_verification_pkey primary key,
      checked_at timestamptz,
      verified_checkpoint bigint not null,
      verified_at timestamptz not null,
      swept_checkpoint bigint not null,
      sweep_began_at timestamptz not null,
      swept_since timestamptz not null,
      problems integer not null
    )`,
      `insert into admin.ledger_verification
     (name, verified_checkpoint, verified_at, swept_checkpoint, sweep_began_at, swept_since, problems)
     values ('verification', 0, now(), 0, now(), now(), 0)`,
      'revoke insert, delete, truncate on admin.ledger_verification from admin_app',
    ];
  }
}
