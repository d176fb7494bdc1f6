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

  /** What a link puts back, while it can be used. Whoever holds the row of its user is alone with the answer. */
  find({ id, digest }: Link, now: Date): Promise<EmailReversion | undefined> {
    const sql = `select id, user_id as "userId", address from auth.email_reversions
      where id = ? and digest = ? and expires_at > ?`;
    return this.row(sql, [id, digest, now]);
  }

  /** Notes that a link ends everything though it gives nothing back; false where it has done so before. */
  async claimEnding(id: string, now: Date): Promise<boolean> {
    const sql = 'update auth.email_reversions set ended_at = ? where id = ? and ended_at is null';
    return (await this.affected(sql, [now, id])) === 1;
  }

  /** Uses a link up, and ends those that were sent after it. */
  async removeFrom({ id, userId }: EmailReversion): Promise<void> {
    await this.affected('delete from auth.email_reversions where user_id = ? and id >= ?', [userId, id]);
  }
}
