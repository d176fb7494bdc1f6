import { type PiiVault, Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AnswerRecord, Pool, Subject } from '#storage/subject.entity.ts';

const columns = `failures, blocked_until as "blockedUntil", session_failures as "sessionFailures",
  session_blocked_until as "sessionBlockedUntil", factors_reset_at as "factorsResetAt"`;

const noted: Readonly<Record<Pool, string>> = {
  sign_in: 'failures = ?, blocked_until = ?',
  session: 'session_failures = ?, session_blocked_until = ?',
};

interface Row extends AnswerRecord, Pick<Subject, 'factorsResetAt'> {
  readonly sessionFailures: number;
  readonly sessionBlockedUntil: Date | null;
}

/** Users who may have factors. */
export class SubjectRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  /** Adds a user and the data keys for sealing their factors; adding one again changes nothing. */
  async add(userId: UserId, activatedAt: Date): Promise<void> {
    await this.#vault.createKeys(this.em, userId);
    await this.affected(
      'insert into mfa.subjects (user_id, activated_at) values (?, ?) on conflict (user_id) do nothing',
      [userId, activatedAt],
    );
  }

  /** Holds a user until the transaction ends: factors change, and answers are judged, one after the other. */
  async lock(userId: UserId): Promise<Subject | undefined> {
    const row = await this.row<Row>(`select ${columns} from mfa.subjects where user_id = ? for update`, [userId]);
    if (row === undefined) return undefined;
    const { failures, blockedUntil, sessionFailures, sessionBlockedUntil, factorsResetAt } = row;
    const session = { failures: sessionFailures, blockedUntil: sessionBlockedUntil };
    return { answers: { sign_in: { failures, blockedUntil }, session }, factorsResetAt };
  }

  async noteAnswers(userId: UserId, pool: Pool, { failures, blockedUntil }: AnswerRecord): Promise<void> {
    const sql = `update mfa.subjects set ${noted[pool]} where user_id = ?`;
    await this.affected(sql, [failures, blockedUntil, userId]);
  }

  /** Forgets the wrong answers of both pools, unless that was done after `since`; tells whether it has. */
  async liftBlocks(userId: UserId, at: Date, since: Date): Promise<boolean> {
    const sql = `update mfa.subjects set failures = 0, blocked_until = null, session_failures = 0,
      session_blocked_until = null, sign_in_lifted_at = ?
      where user_id = ? and (sign_in_lifted_at is null or sign_in_lifted_at <= ?)`;
    return (await this.affected(sql, [at, userId, since])) === 1;
  }

  /** Notes that all factors of a user were removed; wrong answers to what is gone do not block what comes. */
  async noteReset(userId: UserId, at: Date): Promise<void> {
    const sql = `update mfa.subjects set failures = 0, blocked_until = null, session_failures = 0,
      session_blocked_until = null, factors_reset_at = ? where user_id = ?`;
    await this.affected(sql, [at, userId]);
  }

  /** Notes the recovery by which factors are removed; false when that is done already, or there is no such user. */
  async noteRecovery(userId: UserId, recoveryId: string): Promise<boolean> {
    const sql = 'update mfa.subjects set recovered_by = ? where user_id = ? and recovered_by is distinct from ?';
    return (await this.affected(sql, [recoveryId, userId, recoveryId])) === 1;
  }
}
