import { type ApprovalAction, DomainError, type UserId } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import { Repository } from '#transaction/repository.ts';

/** An approval as it is executed: what for, by whom it was asked for, and by whom it was granted. */
export interface ConsumedApproval {
  readonly id: string;
  readonly action: ApprovalAction;
  /** SHA-256 of the canonical payload. */
  readonly digest: Uint8Array;
  readonly makerId: UserId;
  readonly checkerId: UserId;
  readonly at: Date;
}

/** The approvals that were executed in this schema (`approvalTableV1`). */
export class ApprovalRepository extends Repository {
  readonly #table: string;

  constructor(em: EntityManager, schema: string) {
    super(em);
    this.#table = `${identifier(schema)}.approvals_consumed`;
  }

  /**
   * Uses an approval up, together with the transaction it is executed in. True for the first; false when the same checker
   * has executed exactly this before, as after a lost answer. Waits while another transaction is using it.
   * @throws approval.already_decided when it was executed by somebody else, or for something else
   */
  async consume(approval: ConsumedApproval): Promise<boolean> {
    const { id, action, digest, makerId, checkerId, at } = approval;
    const inserted = await this.affected(
      `insert into ${this.#table} (id, action, digest, maker_id, checker_id, consumed_at) values (?, ?, ?, ?, ?, ?)
       on conflict on constraint approvals_consumed_pkey do nothing`,
      [id, action, digest, makerId, checkerId, at],
    );
    if (inserted === 1) return true;
    const same = await this.row(
      `select 1 from ${this.#table} where id = ? and action = ? and digest = ? and maker_id = ? and checker_id = ?`,
      [id, action, digest, makerId, checkerId],
    );
    if (same === undefined) throw new DomainError('approval.already_decided');
    return false;
  }
}
