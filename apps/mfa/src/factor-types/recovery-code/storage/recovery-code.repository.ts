import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** Recovery codes by user and digest. */
export class RecoveryCodeRepository extends Repository {
  /** Puts new codes in place of all older ones, used and unused. */
  async replaceAll(userId: UserId, digests: readonly Uint8Array[], at: Date): Promise<void> {
    await this.removeAll(userId);
    await this.affected(
      `insert into mfa.recovery_codes (user_id, digest, created_at)
       select ?, digest, ? from unnest(?::bytea[]) as codes (digest)`,
      [userId, at, [...digests]],
    );
  }

  /** Uses a code up; false when this user has no such code that is unused. One conditional update decides (SR-27). */
  async consume(userId: UserId, digest: Uint8Array, at: Date): Promise<boolean> {
    const sql = 'update mfa.recovery_codes set used_at = ? where user_id = ? and digest = ? and used_at is null';
    return (await this.affected(sql, [at, userId, digest])) === 1;
  }

  async countUnused(userId: UserId): Promise<number> {
    const sql = 'select count(*)::integer as count from mfa.recovery_codes where user_id = ? and used_at is null';
    return (await this.row<{ count: number }>(sql, [userId]))?.count ?? 0;
  }

  /** All of a user, or those that were made until a moment. */
  removeAll(userId: UserId, until?: Date): Promise<number> {
    const sql = 'delete from mfa.recovery_codes where user_id = ?';
    return until === undefined
      ? this.affected(sql, [userId])
      : this.affected(`${sql} and created_at <= ?`, [userId, until]);
  }
}
