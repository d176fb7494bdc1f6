import { Repository } from '@bank/database';

/** A counter: a keyed hash of whom it is about, and the pool of devices it counts. */
export interface PoolKey {
  subjectHash: Uint8Array;
  pool: string;
}

/** An attempt that may be made. It counts as a failure until its success resets the pool. */
export interface ClaimedAttempt {
  failures: number;
  /** Wrong second halves since the last success, which lock nothing here. */
  wrongAnswers: number;
  /** How many there were when a lock was last told of; 0 before that. */
  toldFailures: number;
  /** Set when this attempt is the one that locks the pool, unless it succeeds. */
  lockedUntil: Date | null;
}

/** A pool that is closed, and when a refusal because of it was last told of. */
export interface Lock {
  until: Date;
  refusalToldAt: Date | null;
}

/** A lock that is yet to be told of. */
export interface UntoldLock {
  failures: number;
  closedAt: Date;
  until: Date;
  /** None was told of before since the last success. */
  isFirst: boolean;
}

/** After how many failures a pool locks, and for how many seconds: one entry a failure from there, the last one repeats. */
export interface LockSchedule {
  readonly failuresBeforeLock: number;
  readonly lockSeconds: readonly number[];
}

/** Consecutive failures by pool (SR-11, SR-12). */
export class LockoutRepository extends Repository {
  /** Counts an attempt before anything is verified, in one statement; undefined while the pool is locked. */
  claim({ subjectHash, pool }: PoolKey, schedule: LockSchedule, now: Date): Promise<ClaimedAttempt | undefined> {
    const { failuresBeforeLock, lockSeconds } = schedule;
    return this.row(
      `insert into auth.lockouts as l (subject_hash, pool, failures, updated_at) values (?, ?, 1, ?)
        on conflict on constraint lockouts_pkey do update set
          failures = l.failures + 1,
          locked_until = case when l.failures + 1 >= ? then excluded.updated_at
            + make_interval(secs => (?::integer[])[least(l.failures + 2 - ?, ?)]) end,
          updated_at = excluded.updated_at,
          refusal_told_at = null
          where l.locked_until is null or l.locked_until <= excluded.updated_at
        returning failures, locked_until as "lockedUntil", wrong_answers as "wrongAnswers",
          told_failures as "toldFailures"`,
      [subjectHash, pool, now, failuresBeforeLock, [...lockSeconds], failuresBeforeLock, lockSeconds.length],
    );
  }

  /** Takes an attempt back that was never judged, and the lock that it brought about: it was none before. */
  async giveBack({ subjectHash, pool }: PoolKey): Promise<void> {
    await this.affected(
      `update auth.lockouts set failures = failures - 1, locked_until = null, told_failures = least(told_failures, failures - 1)
        where subject_hash = ? and pool = ? and failures > 0`,
      [subjectHash, pool],
    );
  }

  /** Counts a second half that was wrong. It locks nothing: its tries are bounded by what they belong to (SR-25). */
  async countAnswer({ subjectHash, pool }: PoolKey, now: Date): Promise<void> {
    await this.affected(
      `insert into auth.lockouts as l (subject_hash, pool, failures, wrong_answers, updated_at) values (?, ?, 0, 1, ?)
        on conflict on constraint lockouts_pkey do update set wrong_answers = l.wrong_answers + 1`,
      [subjectHash, pool, now],
    );
  }

  /** The lock of a pool; undefined where it has none any more. */
  findLock({ subjectHash, pool }: PoolKey): Promise<Lock | undefined> {
    return this.row(
      `select locked_until as until, refusal_told_at as "refusalToldAt" from auth.lockouts
        where subject_hash = ? and pool = ? and locked_until is not null`,
      [subjectHash, pool],
    );
  }

  /** Notes that a refusal is told of now, unless another one was since `quietSince`; of several at once one is to tell. */
  async noteRefusal({ subjectHash, pool }: PoolKey, now: Date, quietSince: Date): Promise<boolean> {
    const noted = await this.affected(
      `update auth.lockouts set refusal_told_at = ?
        where subject_hash = ? and pool = ? and locked_until > ?
          and (refusal_told_at is null or refusal_told_at <= ?)`,
      [now, subjectHash, pool, now, quietSince],
    );
    return noted === 1;
  }

  /** Notes that a lock is told of now; undefined when it was before, or is none any more. Of several at once one is to tell. */
  noteLock({ subjectHash, pool }: PoolKey): Promise<UntoldLock | undefined> {
    return this.row(
      `with before as (
          select told_failures from auth.lockouts where subject_hash = ? and pool = ? for update
        )
        update auth.lockouts l set told_failures = l.failures from before b
        where l.subject_hash = ? and l.pool = ? and l.locked_until is not null and l.failures > b.told_failures
        returning l.failures, l.updated_at as "closedAt", l.locked_until as until, b.told_failures = 0 as "isFirst"`,
      [subjectHash, pool, subjectHash, pool],
    );
  }

  /** Forgets the failures of a pool. Answers how many there were, wrong second halves and the attempt that has succeeded among them. */
  async reset({ subjectHash, pool }: PoolKey): Promise<number> {
    const sql =
      'delete from auth.lockouts where subject_hash = ? and pool = ? returning failures + wrong_answers as failures';
    return (await this.row<{ failures: number }>(sql, [subjectHash, pool]))?.failures ?? 0;
  }

  /** Lifts every pool of somebody, whichever key their name in counters is made with (SR-14). */
  async lift(subjectHashes: readonly Uint8Array[]): Promise<void> {
    await this.affected('delete from auth.lockouts where subject_hash = any (?::bytea[])', [[...subjectHashes]]);
  }
}
