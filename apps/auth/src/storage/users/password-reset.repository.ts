import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** A link as it is presented. */
interface Link {
  id: string;
  digest: Uint8Array;
}

/** How many tries a link bears, and when the next one is. */
interface TryLimits {
  triesMax: number;
  now: Date;
}

/** Links for choosing another password: one for each user. */
export class PasswordResetRepository extends Repository {
  /** Puts a new link in place of the older one. */
  async replace(userId: UserId | string, { id, digest }: Link, expiresAt: Date): Promise<void> {
    await this.affected(
      `insert into auth.password_resets (user_id, token_id, digest, expires_at) values (?, ?, ?, ?)
        on conflict on constraint password_resets_pkey do update set
          token_id = excluded.token_id, digest = excluded.digest, expires_at = excluded.expires_at, tries = 0`,
      [userId, id, digest, expiresAt],
    );
  }

  /** Whose link it is, while a password can be chosen by it. */
  async findOwner({ id, digest }: Link, { triesMax, now }: TryLimits): Promise<UserId | undefined> {
    const sql = `select user_id as "userId" from auth.password_resets
      where token_id = ? and digest = ? and expires_at > ? and tries < ?`;
    return (await this.row<{ userId: UserId }>(sql, [id, digest, now, triesMax]))?.userId;
  }

  /** Counts one try before the password is compared; undefined when it cannot be used, or its tries are used up. */
  async claimTry({ id, digest }: Link, { triesMax, now }: TryLimits): Promise<number | undefined> {
    const sql = `update auth.password_resets set tries = tries + 1
      where token_id = ? and digest = ? and expires_at > ? and tries < ? returning tries`;
    return (await this.row<{ tries: number }>(sql, [id, digest, now, triesMax]))?.tries;
  }

  /** Uses it up; undefined when it cannot be used, or somebody was faster. */
  async consume({ id, digest }: Link, now: Date): Promise<UserId | undefined> {
    const sql = `delete from auth.password_resets where token_id = ? and digest = ? and expires_at > ?
      returning user_id as "userId"`;
    return (await this.row<{ userId: UserId }>(sql, [id, digest, now]))?.userId;
  }

  /** Ends the link of a user, if there is one. */
  async remove(userId: UserId): Promise<void> {
    await this.affected('delete from auth.password_resets where user_id = ?', [userId]);
  }
}
