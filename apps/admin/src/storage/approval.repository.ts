import { Repository } from '@bank/database';
import type { ApprovalAction, Role, UserId } from '@bank/domain';
import type { Approval, ApprovalStatus } from '#storage/approval.entity.ts';

/** One that nobody decided in time is over, whether or not it has been tidied away. */
const status = `case when status = 'pending' and expires_at <= ? then 'expired' else status end`;
const otherColumns = `id, action, user_id as "userId", payload, maker_id as "makerId", note_id as "noteId", request,
  checker_id as "checkerId", decision_note_id as "decisionNoteId", created_at as "createdAt",
  decided_at as "decidedAt", expires_at as "expiresAt"`;

/** What one person asked for, decided or could decide; nothing about that person, nor about who stands too high. */
const concerning = `(maker_id = ? or user_id is distinct from ? and (checker_id = ? or action = any(?) and not exists (
  select 1 from admin.users u where u.user_id = approvals.user_id and u.roles && ?::text[])))`;

/** Who decides what, and when. */
export interface Decision {
  readonly id: string;
  readonly checkerId: UserId;
  readonly at: Date;
}

/** Whose approvals are listed: a person's own, and those of the actions that this person could decide; none about the person. */
export interface ApprovalSearch {
  readonly personId: UserId;
  readonly decides: readonly ApprovalAction[];
  /** Who holds one of these roles stands too high for this person to decide about. */
  readonly outOfReach: readonly Role[];
  readonly status: ApprovalStatus | undefined;
  readonly before: string | undefined;
  readonly limit: number;
  readonly at: Date;
}

/** A request as it is asked for. */
export type NewApproval = Omit<Approval, 'status' | 'checkerId' | 'decisionNoteId' | 'decidedAt'>;

/** Requests of staff. Each step of a decision is one conditional update: of two who decide at once, one does. */
export class ApprovalRepository extends Repository {
  /**
   * Keeps everybody else from asking for the same, and from opening it again, until the transaction ends. Taken before any row
   * is locked, and by whoever adds, supersedes or puts back.
   */
  async holdSame({ action, payload }: Pick<Approval, 'action' | 'payload'>): Promise<void> {
    const sql = `select pg_advisory_xact_lock(hashtextextended('admin.approvals ' || ?::text || ' ' || ?::jsonb::text, 0))`;
    await this.rows(sql, [action, JSON.stringify(payload)]);
  }

  /** Adds a request. */
  async add(approval: NewApproval): Promise<void> {
    const { id, action, userId, payload, makerId, noteId, request, createdAt, expiresAt } = approval;
    await this.affected(
      `insert into admin.approvals
         (id, action, user_id, payload, maker_id, note_id, request, status, created_at, expires_at)
       values (?, ?, ?, ?::jsonb, ?, ?, ?, 'pending', ?, ?)`,
      [id, action, userId, JSON.stringify(payload), makerId, noteId, request, createdAt, expiresAt],
    );
  }

  /** The id of what this one repeats: the same maker has asked for the same since then, and it waits. */
  async findRepeated({ action, userId, payload, makerId, createdAt }: NewApproval, since: Date) {
    const sql = `select id from admin.approvals
       where action = ? and user_id = ? and payload = ?::jsonb and status = 'pending' and expires_at > ?
         and maker_id = ? and created_at > ?
       order by id desc limit 1`;
    const params = [action, userId, JSON.stringify(payload), createdAt, makerId, since];
    return (await this.row<{ id: string }>(sql, params))?.id;
  }

  /** Ends whatever waits for the same, and gives the ids. */
  async supersede({ action, userId, payload }: NewApproval): Promise<string[]> {
    const ended = await this.rows<{ id: string }>(
      `update admin.approvals set status = 'expired'
         where action = ? and user_id = ? and payload = ?::jsonb and status = 'pending' returning id`,
      [action, userId, JSON.stringify(payload)],
    );
    return ended.map(({ id }) => id);
  }

  find(id: string, at: Date): Promise<Approval | undefined> {
    return this.row(`select ${status} as status, ${otherColumns} from admin.approvals where id = ?`, [at, id]);
  }

  /** The latest first. */
  list({ personId, decides, outOfReach, at, before, limit, ...search }: ApprovalSearch): Promise<Approval[]> {
    const narrowing: [string, unknown[]][] = [
      [concerning, [personId, personId, personId, [...decides], [...outOfReach]]],
      ...(search.status === undefined ? [] : [[`${status} = ?`, [at, search.status]] satisfies [string, unknown[]]]),
      ...(before === undefined ? [] : [['id < ?', [before]] satisfies [string, unknown[]]]),
    ];
    const where = narrowing.map(([condition]) => condition).join(' and ');
    return this.rows(
      `select ${status} as status, ${otherColumns} from admin.approvals where ${where} order by id desc limit ?`,
      [at, ...narrowing.flatMap(([, params]) => params), limit],
    );
  }

  /**
   * Lets one checker have it executed: from then on nobody else may, nor the same checker again before the lease is over.
   * Gives nothing when that is not possible (any more).
   */
  claim({ id, checkerId, at }: Decision, leaseUntil: Date): Promise<Approval | undefined> {
    return this.row(
      `update admin.approvals set status = 'executing', checker_id = ?, lease_until = ?
         where id = ? and maker_id <> ? and expires_at > ?
           and (status = 'pending' or status = 'executing' and checker_id = ? and coalesce(lease_until <= ?, true))
         returning status, ${otherColumns}`,
      [checkerId, leaseUntil, id, checkerId, at, checkerId, at],
    );
  }

  /** Ends what this checker has executed; false when it has ended already. */
  async finish(outcome: 'approved' | 'rejected', { id, checkerId, at }: Decision): Promise<boolean> {
    const finished = await this.affected(
      `update admin.approvals set status = ?, decided_at = ?, lease_until = null
         where id = ? and checker_id = ? and status = 'executing'`,
      [outcome, at, id, checkerId],
    );
    return finished === 1;
  }

  /** Opens it again for everybody: its owner has refused this checker. False where the same was asked for meanwhile, and waits. */
  async putBack(id: string, checkerId: UserId): Promise<boolean> {
    const opened = await this.affected(
      `update admin.approvals a set status = 'pending', checker_id = null, decision_note_id = null, lease_until = null
         where id = ? and checker_id = ? and status = 'executing' and not exists (
           select 1 from admin.approvals s where s.action = a.action and s.user_id = a.user_id
             and s.payload = a.payload and s.status = 'pending')`,
      [id, checkerId],
    );
    return opened === 1;
  }

  /** Lets the same checker try again at once: nobody knows whether its owner has done it. */
  async letGo(id: string, checkerId: UserId): Promise<void> {
    await this.affected(
      `update admin.approvals set lease_until = null where id = ? and checker_id = ? and status = 'executing'`,
      [id, checkerId],
    );
  }

  /** False when it is not there to be rejected (any more). */
  async reject({ id, checkerId, at }: Decision): Promise<boolean> {
    const rejected = await this.affected(
      `update admin.approvals set status = 'rejected', checker_id = ?, decided_at = ?
         where id = ? and maker_id <> ? and status = 'pending' and expires_at > ?`,
      [checkerId, at, id, checkerId, at],
    );
    return rejected === 1;
  }

  /** Adds what a checker says about the decision. */
  async explain(id: string, checkerId: UserId, noteId: string): Promise<void> {
    await this.affected('update admin.approvals set decision_note_id = ? where id = ? and checker_id = ?', [
      noteId,
      id,
      checkerId,
    ]);
  }

  /** Closes some that nobody may execute any more, and gives them with where they stood. */
  closeExpired(at: Date, limit: number): Promise<(Pick<Approval, 'id' | 'action' | 'userId'> & { was: string })[]> {
    return this.rows(
      `with due as (
         select id, status from admin.approvals
           where status in ('pending', 'executing') and expires_at <= ? and coalesce(lease_until <= ?, true)
           order by expires_at limit ? for update skip locked)
       update admin.approvals a set status = 'expired', lease_until = null from due where a.id = due.id
         returning a.id, a.action, a.user_id as "userId", due.status as was`,
      [at, at, limit],
    );
  }
}
