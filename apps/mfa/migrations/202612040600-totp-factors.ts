import { SqlMigration } from '@bank/database';

/**
 * What authenticator apps are proved with, apart from what all factors have. The release before knows none of it: it goes on
 * with `sealed` and `last_step` of `factors`, which are still written.
 */
export class TotpFactors extends SqlMigration {
  override statements(): readonly string[] {
    return [
      'alter table mfa.factors alter column sealed drop not null',
      `create table mfa.totp_factors (
      factor_id uuid constraint totp_factors_pkey primary key
        constraint totp_factors_factor_id_fkey references mfa.factors (id) on delete cascade,
      sealed bytea not null,
      last_step bigint
    )`,
    ];
  }
}
