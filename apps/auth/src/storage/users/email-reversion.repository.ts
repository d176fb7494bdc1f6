import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** A link as it is presented. */
interface Link {
  id: string;
  digest: Uint8Array;
}

/** An address that a user had when its change was asked for or done. */
export interface EmailReversion {
  id: string;
  userId: UserId;
  /** Sealed. */
  address: Uint8Array;
}

/** Links that undo changes of email addresses; their ids are in the order in which they were sent. */
export class EmailReversionRepository extends Repository {
  async insert(reversion: EmailReversion & { digest: Uint8Array; expiresAt: Date }): Promise<void> {
    const { id, userId, address, digest, expiresAt } = reversion;
    await this.affected(
      'insert into auth.email_reversions (id, user_id, address, digest, expires_at) values (?, ?, ?, ?, ?)',
      [id, userId, address, digest, expiresAt],
    );
  }

  /** Whose link it is, while it can be used. */
  async findOwner({ id, digest }: Link, now: Date): Promise<UserId | undefined> {
    const sql = `select user_id as "userId" from auth.email_reversions where id = ? and digest = ? and expires_at > ?`;
    return (await this.row<{ userId: UserId }>(sql, [id, digest, now]))?.userId;
  }

  /** Uses it up; undefined when it cannot be used, or somebody was faster. */
  consume({ id, digest }: Link, now: Date): Promise<EmailReversion | undefined> {
    return this.row(
      `delete from auth.email_reversions where id = ? and digest = ? and expires_at > ?
        returning id, user_id as "userId", address`,
      [id, digest, now],
    );
  }

  /** Ends the links that were sent after this one. */
  async removeSince({ id, userId }: EmailReversion): Promise<void> {
    await this.affected('delete from auth.email_reversions where user_id = ? and id > ?', [userId, id]);
  }
}
