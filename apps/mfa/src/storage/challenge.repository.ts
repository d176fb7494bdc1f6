import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { Challenge, ChallengeBinding } from '#storage/challenge.entity.ts';

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
  async claimTry(
    id: string,
    binding: ChallengeBinding,
    { attemptsMax, now }: { attemptsMax: number; now: Date },
  ): Promise<string | undefined> {
    const claimed = await this.row<{ factorId: string }>(
      `update mfa.challenges set attempts = attempts + 1
       where id = ? and user_id = ? and purpose = ? and binding_id = ?
         and attempts < ? and closed_at is null and expires_at > ?
       returning factor_id as "factorId"`,
      [id, binding.userId, binding.purpose, binding.bindingId, attemptsMax, now],
    );
    return claimed?.factorId;
  }

  async close(id: string, now: Date): Promise<void> {
    await this.affected('update mfa.challenges set closed_at = ? where id = ?', [now, id]);
  }

  /** Takes the challenges of a factor away with it. */
  async removeOfFactor(userId: UserId, factorId: string): Promise<void> {
    await this.affected('delete from mfa.challenges where user_id = ? and factor_id = ?', [userId, factorId]);
  }

  async removeAll(userId: UserId): Promise<void> {
    await this.affected('delete from mfa.challenges where user_id = ?', [userId]);
  }
}
