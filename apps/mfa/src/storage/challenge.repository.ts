import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { Challenge, ChallengeBinding } from '#storage/challenge.entity.ts';
import type { FactorTypeName } from '#storage/factor.entity.ts';

/** Challenges: one for each sign-in and session, which the newest takes over from the older. */
export class ChallengeRepository extends Repository {
  /**
   * Starts a challenge in place of the one its sign-in or session has. The tries of an open one stay counted; false, with
   * nothing changed, when they are used up (SR-25) or the binding is another user's.
   */
  async start(challenge: Challenge, attemptsMax: number): Promise<boolean> {
    const { id, userId, factorId, purpose, bindingId, createdAt, expiresAt } = challenge;
    const started = await this.affected(
      `insert into mfa.challenges as c (id, user_id, factor_id, purpose, binding_id, created_at, expires_at)
       values (?, ?, ?, ?, ?, ?, ?)
       on conflict on constraint challenges_pkey do update set
         id = excluded.id, factor_id = excluded.factor_id, created_at = excluded.created_at,
         expires_at = excluded.expires_at, closed_at = null,
         attempts = case when c.closed_at is null and c.expires_at > excluded.created_at then c.attempts else 0 end
       where c.user_id = excluded.user_id
         and (c.attempts < ? or c.closed_at is not null or c.expires_at <= excluded.created_at)`,
      [id, userId, factorId, purpose, bindingId, createdAt, expiresAt, attemptsMax],
    );
    return started === 1;
  }

  /** Counts one try before it is judged; gives the factor, or nothing when there is no such open challenge. */
  claimTry(
    id: string,
    binding: ChallengeBinding,
    { attemptsMax, now }: { attemptsMax: number; now: Date },
  ): Promise<{ factorId: string; type: FactorTypeName } | undefined> {
    return this.row(
      `update mfa.challenges c set attempts = c.attempts + 1 from mfa.factors f
       where c.id = ? and c.user_id = ? and c.purpose = ? and c.binding_id = ?
         and c.attempts < ? and c.closed_at is null and c.expires_at > ?
         and f.id = c.factor_id and f.user_id = c.user_id and f.confirmed_at is not null
       returning c.factor_id as "factorId", f.type`,
      [id, binding.userId, binding.purpose, binding.bindingId, attemptsMax, now],
    );
  }

  /** Closes an open challenge whose answer was right, and notes the use of its factor; false when it is closed already. */
  async pass(id: string, now: Date): Promise<boolean> {
    const passed = await this.affected(
      `with passed as (
         update mfa.challenges set closed_at = ? where id = ? and closed_at is null returning factor_id)
       update mfa.factors set last_used_at = ? from passed where factors.id = passed.factor_id`,
      [now, id, now],
    );
    return passed === 1;
  }

  /** Takes the challenges of a factor away with it. */
  async removeOfFactor(userId: UserId, factorId: string): Promise<void> {
    await this.affected('delete from mfa.challenges where user_id = ? and factor_id = ?', [userId, factorId]);
  }

  async removeAll(userId: UserId): Promise<void> {
    await this.affected('delete from mfa.challenges where user_id = ?', [userId]);
  }
}
