import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { ApprovalMethod, Transaction } from '#storage/transactions/transaction.entity.ts';

/** Whose a transaction is, and in which session. */
export interface TransactionKey {
  readonly id: string;
  readonly userId: UserId;
  readonly sessionId: string;
}

const columns = `id, user_id as "userId", session_id as "sessionId", type, digest, method, factor_id as "factorId",
  challenge_id as "challengeId", expires_at as "expiresAt"`;

/** Transactions that were asked for, were approved, and are executed once. */
export class TransactionRepository extends Repository {
  async insert(asked: Transaction): Promise<void> {
    const { id, userId, sessionId, type, digest, method, factorId, challengeId, expiresAt } = asked;
    await this.affected(
      `insert into auth.transactions
         (id, user_id, session_id, type, digest, method, factor_id, challenge_id, expires_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, userId, sessionId, type, digest, method, factorId, challengeId, expiresAt],
    );
  }

  /** One that waits for its approval, in that session of that user. */
  findAsked({ id, userId, sessionId }: TransactionKey, now: Date): Promise<Transaction | undefined> {
    return this.row(
      `select ${columns} from auth.transactions
       where id = ? and user_id = ? and session_id = ? and approved_at is null and expires_at > ?`,
      [id, userId, sessionId, now],
    );
  }

  /** Marks one as approved, once; false when it is already, or its time is over. */
  async approve({ id, userId, sessionId }: TransactionKey, times: { now: Date; expiresAt: Date }): Promise<boolean> {
    const approved = await this.affected(
      `update auth.transactions set approved_at = ?, expires_at = ?
       where id = ? and user_id = ? and session_id = ? and approved_at is null and expires_at > ?`,
      [times.now, times.expiresAt, id, userId, sessionId, times.now],
    );
    return approved === 1;
  }

  /**
   * Uses an approved one up, and tells whether it is the one with that digest: used up it is either way, so that whoever has
   * changed it has nothing left (SR-63). Nothing when it is used up already, over, or another's.
   */
  consume(
    { id, userId, sessionId }: TransactionKey,
    { digest, now }: { digest: Uint8Array; now: Date },
  ): Promise<{ isSame: boolean; approvedAt: Date; method: ApprovalMethod } | undefined> {
    return this.row(
      `update auth.transactions set consumed_at = ?
       where id = ? and user_id = ? and session_id = ?
         and approved_at is not null and consumed_at is null and expires_at > ?
       returning digest = ? as "isSame", approved_at as "approvedAt", method`,
      [now, id, userId, sessionId, now, digest],
    );
  }

  /** Removes what was asked of a factor or the key of a device and not executed yet, approved or not. */
  async removeOfFactor(userId: UserId, factorId: string): Promise<void> {
    const sql = 'delete from auth.transactions where user_id = ? and factor_id = ? and consumed_at is null';
    await this.affected(sql, [userId, factorId]);
  }
}
