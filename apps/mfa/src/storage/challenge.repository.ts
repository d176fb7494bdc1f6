import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { Challenge, ChallengeBinding } from '#storage/challenge.entity.ts';
import type { FactorTypeName } from '#storage/factor.entity.ts';

/** What a challenge counts: so many wrong answers at most, but none of these kinds, which nobody guesses. */
interface Tries {
  readonly attemptsMax: number;
  readonly uncounted: readonly FactorTypeName[];
}

/** The tries that count on: all but those of a challenge that is over, or passed by an answer of a kind that counts. */
const counted = `case when c.expires_at > excluded.created_at and (c.closed_at is null or exists (
    select from mfa.factors f where f.id = c.factor_id and f.type = any (?::text[]))) then c.attempts else 0 end`;

/** Challenges: one for each sign-in and session, which the newest takes over from the older. */
export class ChallengeRepository extends Repository {
  /**
   * Starts a challenge in place of the one its sign-in or session has. The tries of an open one stay counted; what
   * nobody guesses is not held to them, and whoever passes it ends no count of theirs. Undefined when it is started; or, with nothing
   * changed, the end of the one that is in the way: its tries are used up (SR-25), or it is another user's.
   */
  async start(challenge: Challenge, type: FactorTypeName, tries: Tries): Promise<Date | undefined> {
    const { id, userId, factorId, purpose, bindingId, createdAt, expiresAt } = challenge;
    const uncounted = [...tries.uncounted];
    const started = await this.affected(
      `insert into mfa.challenges as c (id, user_id, factor_id, purpose, binding_id, created_at, expires_at)
       values (?, ?, ?, ?, ?, ?, ?)
       on conflict on constraint challenges_pkey do update set
         id = excluded.id, factor_id = excluded.factor_id, created_at = excluded.created_at,
         expires_at = excluded.expires_at, closed_at = null,
         attempts = ${counted}
       where c.user_id = excluded.user_id and (? or ${counted} < ?)`,
      [
        ...[id, userId, factorId, purpose, bindingId, createdAt, expiresAt, uncounted],
        ...[uncounted.includes(type), uncounted, tries.attemptsMax],
      ],
    );
    if (started === 1) return undefined;
    const sql = 'select expires_at as "expiresAt" from mfa.challenges where purpose = ? and binding_id = ?';
    return (await this.row<{ expiresAt: Date }>(sql, [purpose, bindingId]))?.expiresAt ?? createdAt;
  }

  /** Counts one try before it is judged, unless nobody guesses it; gives the factor, or nothing when there is no such open challenge. */
  claimTry(
    id: string,
    binding: ChallengeBinding,
    { attemptsMax, uncounted, now }: Tries & { readonly now: Date },
  ): Promise<{ factorId: string; type: FactorTypeName } | undefined> {
    return this.row(
      `update mfa.challenges c set attempts = c.attempts + (f.type <> all (?::text[]))::integer from mfa.factors f
       where c.id = ? and c.user_id = ? and c.purpose = ? and c.binding_id = ?
         and (c.attempts < ? or f.type = any (?::text[])) and c.closed_at is null and c.expires_at > ?
         and f.id = c.factor_id and f.user_id = c.user_id and f.confirmed_at is not null
       returning c.factor_id as "factorId", f.type`,
      [[...uncounted], id, binding.userId, binding.purpose, binding.bindingId, attemptsMax, [...uncounted], now],
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
