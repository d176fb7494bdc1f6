import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** Passwords that a user had, as their hashes. */
export class PasswordHistoryRepository extends Repository {
  /** The present one first, then those before it, newest first. */
  async recent(userId: UserId): Promise<string[]> {
    const rows = await this.rows<{ hash: string }>(
      `select password_hash as hash from auth.credentials where user_id = ?
        union all
        (select password_hash from auth.password_history where user_id = ? order by id desc)`,
      [userId, userId],
    );
    return rows.map(({ hash }) => hash);
  }

  /** Keeps the present password, which is about to be replaced, and of those before it so many that there are `max`. */
  async keep(userId: UserId, { id, at, max }: { id: string; at: Date; max: number }): Promise<void> {
    await this.affected(
      `insert into auth.password_history (id, user_id, password_hash, replaced_at)
        select ?, user_id, password_hash, ? from auth.credentials where user_id = ?`,
      [id, at, userId],
    );
    await this.affected(
      `delete from auth.password_history where user_id = ? and id not in
        (select id from auth.password_history where user_id = ? order by id desc limit ?)`,
      [userId, userId, max],
    );
  }
}
