import { Repository } from '@bank/database';
import { type KycMover, type KycReason, type KycStatus, type KycTier, kycSourcesOf, type UserId } from '@bank/domain';
import type { KycCase, KycDecider } from '#storage/kyc/kyc-case.ts';

const columns = `id, user_id as "userId", tier, status, attempt, reasons, locks_identity as "locksIdentity",
  reviewer_id as "reviewerId",
  claimed_at as "claimedAt", created_at as "createdAt", moved_at as "movedAt", submitted_at as "submittedAt"`;

/** The cases that are open: a user has at most one of them. As the index says it. */
const open = `status in ('draft', 'submitted', 'in_review', 'more_information')`;

/** How a case is moved: by whom, and by which attempt where it is about one. */
export interface KycMove {
  readonly id: string;
  readonly to: Exclude<KycStatus, 'none'>;
  readonly by: KycMover;
  /** From this status alone; from any that the mover may move it from unless said. */
  readonly from?: KycStatus;
  readonly at: Date;
  readonly attempt?: number;
  readonly reasons?: readonly KycReason[];
  readonly decidedBy?: KycDecider;
}

/** A case that waits for its user, and since when, as the database writes it: to the microsecond. */
export interface IdleCase {
  readonly caseId: string;
  readonly movedAt: string;
}
const beginning: IdleCase = { movedAt: '-infinity', caseId: '00000000-0000-0000-0000-000000000000' };

/** KYC cases. Every move is one conditional statement over the statuses that the table of moves allows. */
export class KycCaseRepository extends Repository {
  /** Begins a case unless the user has an open one; tells whether it did. */
  async begin(begun: { id: string; userId: UserId; tier: KycTier; at: Date }): Promise<boolean> {
    const { id, userId, tier, at } = begun;
    const added = await this.affected(
      `insert into profile.kyc_cases (id, user_id, tier, status, attempt, reasons, locks_identity, created_at, moved_at)
        values (?, ?, ?, 'draft', 0, '{}', false, ?, ?) on conflict (user_id) where ${open} do nothing`,
      [id, userId, tier, at, at],
    );
    return added === 1;
  }

  find(id: string): Promise<KycCase | undefined> {
    return this.row(`select ${columns} from profile.kyc_cases where id = ?`, [id]);
  }

  /** A case, held until the end of the transaction. */
  lock(id: string): Promise<KycCase | undefined> {
    return this.row(`select ${columns} from profile.kyc_cases where id = ? for update`, [id]);
  }

  newest(userId: UserId): Promise<KycCase | undefined> {
    return this.row(`select ${columns} from profile.kyc_cases where user_id = ? order by id desc limit 1`, [userId]);
  }

  /** The user's open case, held until the end of the transaction. */
  lockOpen(userId: UserId): Promise<KycCase | undefined> {
    return this.row(`select ${columns} from profile.kyc_cases where user_id = ? and ${open} for update`, [userId]);
  }

  /** The user's approved cases, the oldest first, held until the end of the transaction. */
  lockApproved(userId: UserId): Promise<KycCase[]> {
    const sql = `select ${columns} from profile.kyc_cases where user_id = ? and status = 'approved' order by id for update`;
    return this.rows(sql, [userId]);
  }

  /** Whether somebody looks at who the user is. Cases are handed in by who holds the profile: its holder reads what stays so. */
  async isUnderReview(userId: UserId): Promise<boolean> {
    const sql = `select 1 from profile.kyc_cases where user_id = ? and status in ('submitted', 'in_review')`;
    return (await this.row(sql, [userId])) !== undefined;
  }

  /** Moves a case; undefined when it does not stand where this mover may move it from, or at another attempt. */
  move({ id, to, by, at, from, attempt, reasons = [], decidedBy }: KycMove): Promise<KycCase | undefined> {
    const sources = kycSourcesOf(to, by).filter((source) => from === undefined || source === from);
    return this.row(
      `update profile.kyc_cases set status = ?, reasons = ?, decided_by = coalesce(?, decided_by), moved_at = ?
        where id = ? and status = any(?) and (?::integer is null or attempt = ?) returning ${columns}`,
      [to, reasons, decidedBy ?? null, at, id, sources, attempt ?? null, attempt ?? null],
    );
  }

  /** Notes that its user goes on with a case that waits for them: from then on it is counted for how long nobody has. */
  async goOn(id: string, at: Date): Promise<void> {
    await this.affected(
      `update profile.kyc_cases set moved_at = ? where id = ? and status in ('draft', 'more_information')`,
      [at, id],
    );
  }

  /** Hands a case in as its next attempt; undefined when it cannot be now. Whoever had claimed it has to claim it again. */
  submit(handed: { id: string; tier: KycTier; locksIdentity: boolean; at: Date }): Promise<KycCase | undefined> {
    const { id, tier, locksIdentity, at } = handed;
    return this.row(
      `update profile.kyc_cases set status = 'submitted', tier = ?, attempt = attempt + 1, reasons = '{}', locks_identity = ?,
          reviewer_id = null, claimed_at = null, decided_by = null, moved_at = ?, submitted_at = ?
        where id = ? and status = any(?) returning ${columns}`,
      [tier, locksIdentity, at, at, id, kycSourcesOf('submitted', 'user')],
    );
  }

  /**
   * Takes a case for a member of staff unless a colleague has it since `staleBefore` or later; nobody takes their own. Tells
   * where it stood before.
   */
  claim(claim: {
    id: string;
    staffId: UserId;
    at: Date;
    staleBefore: Date;
  }): Promise<(KycCase & { readonly was: KycStatus }) | undefined> {
    const { id, staffId, at, staleBefore } = claim;
    return this.row(
      `update profile.kyc_cases c set reviewer_id = ?, claimed_at = ?, status = 'in_review',
          moved_at = case when c.status = 'submitted' then ? else c.moved_at end
        from (select status as was from profile.kyc_cases where id = ? for update) o
        where c.id = ? and o.was in ('submitted', 'in_review') and c.user_id <> ?
          and (c.reviewer_id is null or c.reviewer_id = ? or c.claimed_at < ?)
        returning ${columns}, o.was`,
      [staffId, at, at, id, id, staffId, staffId, staleBefore],
    );
  }

  /** Cases of these statuses, those that were handed in first before the others, after a place in that order. */
  list(query: {
    statuses: readonly KycStatus[];
    id: string | undefined;
    after: { at: string; id: string } | undefined;
    limit: number;
  }): Promise<KycCase[]> {
    const { statuses, id, after, limit } = query;
    return this.rows(
      `select ${columns} from profile.kyc_cases where (?::uuid is null or id = ?) and status = any(?)
          and submitted_at is not null
          and (?::timestamptz is null or (submitted_at, id) > (?::timestamptz, ?::uuid))
        order by submitted_at, id limit ?`,
      [id ?? null, id ?? null, statuses, after?.at ?? null, after?.at ?? null, after?.id ?? null, limit],
    );
  }

  /** Cases of that status which nobody has gone on with since then, from the longest ago on; those behind `after`, if it is given. */
  idle(
    status: 'draft' | 'more_information',
    since: Date,
    { after = beginning, limit }: { after: IdleCase | undefined; limit: number },
  ): Promise<IdleCase[]> {
    return this.rows(
      `select id as "caseId", moved_at::text as "movedAt" from profile.kyc_cases
        where status = ? and moved_at < ? and (moved_at, id) > (?::timestamptz, ?::uuid)
        order by moved_at, id limit ?`,
      [status, since, after.movedAt, after.caseId, limit],
    );
  }
}
