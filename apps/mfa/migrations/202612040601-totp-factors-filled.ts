import { BackfillMigration } from '@bank/database';

/** The authenticator apps of before. */
export class TotpFactorsFilled extends BackfillMigration {
  override batch(): string {
    return `insert into mfa.totp_factors (factor_id, sealed, last_step)
      select f.id, f.sealed, f.last_step from mfa.factors f
      where f.type = 'totp' and f.sealed is not null
        and not exists (select from mfa.totp_factors t where t.factor_id = f.id)
      limit 1000 on conflict (factor_id) do nothing`;
  }
}
