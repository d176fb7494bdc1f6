import { blindIndexTableSql, SqlMigration } from '@bank/database';

/** Accounts of users at those who send them bills. */
export class BillerAccounts extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table profile.biller_accounts (
      id uuid constraint biller_accounts_pkey primary key,
      user_id uuid not null,
      country text not null,
      biller_code text not null,
      biller_name text not null,
      item_code text not null,
      item_name text not null,
      sealed bytea not null,
      provider text not null,
      validated_at timestamptz not null,
      created_at timestamptz not null
    )`,
      'create index biller_accounts_user_id_index on profile.biller_accounts (user_id, id)',
      ...blindIndexTableSql('profile', 'biller_account_digests', { unique: true }),
    ];
  }
}
