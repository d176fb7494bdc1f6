import { type PiiVault, Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AnswerRecord, Subject } from '#storage/subject.entity.ts';

const columns = 'failures, blocked_until as "blockedUntil", factors_reset_at as "factorsResetAt"';

/** Users who may have factors. */
export class SubjectRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  /** Adds a user and the data keys his factors will be sealed under; adding him again changes nothing. */
  async add(userId: UserId, activatedAt: Date): Promise<void> {
    await this.#vault.createKeys(this.em, userId);
    await this.affected(
      'insert into mfa.subjects (user_id, activated_at) values (?, ?) on conflict (user_id) do nothing',
      [userId, activatedAt],
    );
  }

  /** Holds a user until the transaction ends: his factors change, and his answers are judged, one after the other. */
  lock(userId: UserId): Promise<Subject | undefined> {
    return this.row(`select ${columns} from mfa.subjects where user_id = ? for update`, [userId]);
  }

  async noteAnswers(userId: UserId, { failures, blockedUntil }: AnswerRecord): Promise<void> {
    const sql = 'update mfa.subjects set failures = ?, blocked_until = ? where user_id = ?';
    await this.affected(sql, [failures, blockedUntil, userId]);
  }

  /** Notes that all factors of a user were removed; wrong answers to what is gone do not block what comes. */
  async noteReset(userId: UserId, at: Date): Promise<void> {
    const sql = 'update mfa.subjects set failures = 0, blocked_until = null, factors_reset_at = ? where user_id = ?';
    await this.affected(sql, [at, userId]);
  }

  /** Notes the recovery by which his factors are removed; false when that is done already, or there is no such user. */
  async noteRecovery(userId: UserId, recoveryId: string): Promise<boolean> {
    const sql = 'update mfa.subjects set recovered_by = ? where user_id = ? and recovered_by is distinct from ?';
    return (await this.affected(sql, [recoveryId, userId, recoveryId])) === 1;
  }
}
