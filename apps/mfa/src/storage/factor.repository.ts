import { Repository } from '@bank/database';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/** Second factors of users. */
export class FactorRepository extends Repository {
  /** A user's confirmed factors, the most recently used first; none for an unknown user. */
  listConfirmed(userId: string): Promise<ConfirmedFactor[]> {
    return this.rows<ConfirmedFactor>(
      `select id, type, confirmed_at as "confirmedAt", last_used_at as "lastUsedAt" from mfa.factors
       where user_id = ? and confirmed_at is not null
       order by last_used_at desc nulls last, id desc`,
      [userId],
    );
  }
}
