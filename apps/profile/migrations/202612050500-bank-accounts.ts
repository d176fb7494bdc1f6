import { blindIndexTableSql, SqlMigration } from '@bank/database';

/** Bank accounts that users have elsewhere, one of them the default. */
export class BankAccounts extends SqlMigration {
  override statements(): readonly string[] {
    return [
      `create table profile.bank_accounts (
      id uuid constraint bank_accounts_pkey primary key,
      user_id uuid not null,
      country text not null,
      bank_code text not null,
      bank_name text not null,
      sealed bytea not null,
      name_match text not null constraint bank_accounts_name_match_check check (name_match in ('exact', 'likely')),
      provider text not null,
      resolved_at timestamptz not null,
      is_default boolean not null,
      created_at timestamptz not null
    )`,
      'create index bank_accounts_user_id_index on profile.bank_accounts (user_id, id)',
      'create unique index bank_accounts_default_index on profile.bank_accounts (user_id) where is_default',
      ...blindIndexTableSql('profile', 'bank_account_digests', { unique: true }),
    ];
  }
}
