import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** A link as it is presented. */
interface Link {
  id: string;
  digest: Uint8Array;
}

export type RecoveryProof = 'recovery_code' | 'staff';

interface AskedRecovery {
  id: string;
  userId: UserId;
}

/** A recovery whose first proof is used. It waits for staff until it has its second one, then for `dueAt`. */
export interface ProvenRecovery {
  id: string;
  userId: UserId;
  proof: RecoveryProof | null;
  dueAt: Date | null;
}

/** One that is to be carried out now. */
export interface DueRecovery {
  id: string;
  userId: UserId;
}

const columns = 'id, user_id as "userId", proof, due_at as "dueAt"';
const isUsable = `stage = 'asked' and id = ? and token_digest = ? and expires_at > ?`;
const isFree = '(lease_until is null or lease_until <= ?)';
const isOpen = `stage = 'proven' and begun_at is null`;

/** Recoveries: one that was asked for and one that was proven, for each user. */
export class RecoveryRepository extends Repository {
  /** Puts a new first link in place of the older one; a proven recovery stays as it is. */
  async ask(asked: { id: string; userId: string; digest: Uint8Array; expiresAt: Date }): Promise<void> {
    const { id, userId, digest, expiresAt } = asked;
    await this.affected(
      `insert into auth.recoveries (user_id, stage, id, token_digest, expires_at) values (?, 'asked', ?, ?, ?)
        on conflict on constraint recoveries_pkey do update set id = excluded.id, token_digest = excluded.token_digest,
          expires_at = excluded.expires_at, attempts = 0, lease_until = null`,
      [userId, id, digest, expiresAt],
    );
  }

  findAsked({ id, digest }: Link, now: Date): Promise<AskedRecovery | undefined> {
    return this.row(`select id, user_id as "userId" from auth.recoveries where ${isUsable}`, [id, digest, now]);
  }

  /**
   * Counts one try of a recovery code before it is judged, and keeps the link for it alone until `leaseUntil`: no other code is judged
   * meanwhile, nor is it used up without one.
   */
  reserve(
    { id, digest }: Link,
    { triesMax, now, leaseUntil }: { triesMax: number; now: Date; leaseUntil: Date },
  ): Promise<AskedRecovery | undefined> {
    return this.row(
      `update auth.recoveries set attempts = attempts + 1, lease_until = ? where ${isUsable} and attempts < ? and ${isFree}
        returning id, user_id as "userId"`,
      [leaseUntil, id, digest, now, triesMax, now],
    );
  }

  /** Gives a link back that was kept until then; the try stays counted. */
  async giveBack(id: string, leaseUntil: Date): Promise<void> {
    const sql = `update auth.recoveries set lease_until = null where stage = 'asked' and id = ? and lease_until = ?`;
    await this.affected(sql, [id, leaseUntil]);
  }

  /** Uses the first link up; undefined when it cannot be used, is kept for a code, or somebody was faster. */
  consume({ id, digest }: Link, now: Date): Promise<AskedRecovery | undefined> {
    return this.row(`delete from auth.recoveries where ${isUsable} and ${isFree} returning id, user_id as "userId"`, [
      id,
      digest,
      now,
      now,
    ]);
  }

  /** The same for one that is kept until then, whether or not it has expired since. */
  consumeReserved(id: string, leaseUntil: Date): Promise<AskedRecovery | undefined> {
    const sql = `delete from auth.recoveries where stage = 'asked' and id = ? and lease_until = ?
      returning id, user_id as "userId"`;
    return this.row(sql, [id, leaseUntil]);
  }

  /**
   * Keeps a proven recovery in place of the older one. Undefined when that is being carried out, or has both proofs already and
   * this one has not.
   */
  prove(recovery: ProvenRecovery & { expiresAt: Date }): Promise<ProvenRecovery | undefined> {
    const { id, userId, proof, dueAt, expiresAt } = recovery;
    return this.row(
      `insert into auth.recoveries as r (user_id, stage, id, proof, due_at, expires_at) values (?, 'proven', ?, ?, ?, ?)
        on conflict on constraint recoveries_pkey do update set id = excluded.id, proof = excluded.proof,
          due_at = excluded.due_at, expires_at = excluded.expires_at, cancel_digests = '{}'
          where r.begun_at is null and (excluded.proof is not null or r.proof is null)
        returning ${columns}`,
      [userId, id, proof, dueAt, expiresAt],
    );
  }

  findProven(userId: UserId): Promise<ProvenRecovery | undefined> {
    return this.row(`select ${columns} from auth.recoveries where user_id = ? and ${isOpen}`, [userId]);
  }

  /** Whether one of a user is being carried out. */
  async isBegun(userId: UserId): Promise<boolean> {
    const sql = 'select 1 from auth.recoveries where user_id = ? and begun_at is not null';
    return (await this.row(sql, [userId])) !== undefined;
  }

  /** The one of a user that waits for staff. */
  findInReview(userId: UserId, now: Date): Promise<ProvenRecovery | undefined> {
    const sql = `select ${columns} from auth.recoveries where user_id = ? and ${isOpen} and proof is null and expires_at > ?`;
    return this.row(sql, [userId, now]);
  }

  /** Gives one that waits for staff its second proof; undefined when it does not wait any more. */
  approve(
    { id, userId }: { id: string; userId: UserId },
    { dueAt, expiresAt, now }: { dueAt: Date; expiresAt: Date; now: Date },
  ): Promise<ProvenRecovery | undefined> {
    return this.row(
      `update auth.recoveries set proof = 'staff', due_at = ?, expires_at = ?
        where id = ? and user_id = ? and ${isOpen} and proof is null and expires_at > ? returning ${columns}`,
      [dueAt, expiresAt, id, userId, now],
    );
  }

  async addCancelLink(id: string, digest: Uint8Array): Promise<void> {
    await this.affected('update auth.recoveries set cancel_digests = cancel_digests || ?::bytea where id = ?', [
      digest,
      id,
    ]);
  }

  async findOwnerByCancelLink({ id, digest }: Link): Promise<UserId | undefined> {
    const sql = `select user_id as "userId" from auth.recoveries where id = ? and ? = any (cancel_digests) and ${isOpen}`;
    return (await this.row<{ userId: UserId }>(sql, [id, digest]))?.userId;
  }

  /** Ends what has not begun to be carried out; gives the id of a proven one. */
  async end(userId: UserId): Promise<string | undefined> {
    const ended = await this.rows<{ id: string; stage: string }>(
      'delete from auth.recoveries where user_id = ? and begun_at is null returning id, stage',
      [userId],
    );
    return ended.find(({ stage }) => stage === 'proven')?.id;
  }

  /** Takes the second proof of what is being carried out: it is looked at before it lifts anything. */
  async takeProof(userId: UserId): Promise<void> {
    const sql = 'update auth.recoveries set proof = null where user_id = ? and begun_at is not null';
    await this.affected(sql, [userId]);
  }

  /** The proof of one that is being carried out: null for none, undefined when it is not there any more. */
  async proofOf(id: string): Promise<RecoveryProof | null | undefined> {
    const sql = 'select proof from auth.recoveries where id = ?';
    return (await this.row<{ proof: RecoveryProof | null }>(sql, [id]))?.proof;
  }

  /**
   * Has one that is being carried out wait for staff, as another: links and approvals of before are of no use for it. Undefined
   * when it is not there any more.
   */
  putBack(id: string, { newId, expiresAt }: { newId: string; expiresAt: Date }): Promise<ProvenRecovery | undefined> {
    return this.row(
      `update auth.recoveries set id = ?, proof = null, due_at = null, begun_at = null, lease_until = null,
          expires_at = ?, cancel_digests = '{}' where id = ? returning ${columns}`,
      [newId, expiresAt, id],
    );
  }

  /** Takes up what is due; nobody ends it any more, and until the lease is over nobody else takes it up. */
  claimDue({ now, leaseUntil, limit }: { now: Date; leaseUntil: Date; limit: number }): Promise<DueRecovery[]> {
    return this.rows(
      `update auth.recoveries set begun_at = coalesce(begun_at, ?), lease_until = ? where id in
        (select id from auth.recoveries where due_at <= ? and (lease_until is null or lease_until <= ?)
          order by due_at limit ? for update skip locked)
        returning id, user_id as "userId"`,
      [now, leaseUntil, now, now, limit],
    );
  }

  /**
   * Notes that one that is being carried out closes the account, and nobody else takes it up until then; false where it has done so
   * since it was begun, or is not there any more. Where it was put back after that and begun again, it does so again. By the later of
   * both clocks, so that one that is slow does not have it closed at each try.
   */
  async claimClosing(id: string, { now, leaseUntil }: { now: Date; leaseUntil: Date }): Promise<boolean> {
    const sql = `update auth.recoveries set closed_at = greatest(?, begun_at), lease_until = ?
      where id = ? and (closed_at is null or closed_at < begun_at)`;
    return (await this.affected(sql, [now, leaseUntil, id])) === 1;
  }

  /** Whether it was there. */
  async remove(id: string): Promise<boolean> {
    return (await this.affected('delete from auth.recoveries where id = ?', [id])) === 1;
  }
}
