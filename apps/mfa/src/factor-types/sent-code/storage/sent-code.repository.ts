import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { CodePlace, NewCode, Sends, SentCodeType } from '#factor-types/sent-code/storage/sent-code.entity.ts';

/** The last code of each user, way and pool. Its counters stay when the code is used up, replaced, or its factor removed. */
export class SentCodeRepository extends Repository {
  findSends({ userId, type, pool }: CodePlace): Promise<Sends | undefined> {
    const sql = 'select sends, sent_at as "sentAt" from mfa.sent_codes where user_id = ? and type = ? and pool = ?';
    return this.row(sql, [userId, type, pool]);
  }

  /** Puts a code in place of the one before it, which is of no use from now on (SR-26). */
  async replace({ userId, type, pool }: CodePlace, code: NewCode): Promise<void> {
    const { challengeId, digest, expiresAt, sends, sentAt } = code;
    await this.affected(
      `insert into mfa.sent_codes (user_id, type, pool, challenge_id, digest, expires_at, sends, sent_at)
       values (?, ?, ?, ?, ?, ?, ?, ?)
       on conflict on constraint sent_codes_pkey do update set
         challenge_id = excluded.challenge_id, digest = excluded.digest, expires_at = excluded.expires_at,
         sends = excluded.sends, sent_at = excluded.sent_at`,
      [userId, type, pool, challengeId, digest, expiresAt, sends, sentAt],
    );
  }

  /**
   * Uses a code up, if it is the last one, was sent for this challenge, and is in time; `digests` are what it may be kept as.
   * One conditional update decides (SR-21), and the next code may be sent at once.
   */
  async consume(
    userId: UserId,
    type: SentCodeType,
    { challengeId, digests, now }: { challengeId: string; digests: readonly Uint8Array[]; now: Date },
  ): Promise<boolean> {
    const consumed = await this.affected(
      `update mfa.sent_codes set digest = null, sends = 0
       where user_id = ? and type = ? and challenge_id = ? and digest = any (?::bytea[]) and expires_at > ?`,
      [userId, type, challengeId, [...digests], now],
    );
    return consumed === 1;
  }

  /** Lets the next codes be sent at once, by any way; those that are under way stay good. */
  async forgetSends(userId: UserId): Promise<void> {
    await this.affected('update mfa.sent_codes set sends = 0 where user_id = ?', [userId]);
  }

  /** Makes what was sent by one way until a moment good for nothing; its counters stay. */
  async forgetCodes(userId: UserId, type: SentCodeType, until: Date): Promise<void> {
    const sql = 'update mfa.sent_codes set digest = null where user_id = ? and type = ? and sent_at <= ?';
    await this.affected(sql, [userId, type, until]);
  }
}
