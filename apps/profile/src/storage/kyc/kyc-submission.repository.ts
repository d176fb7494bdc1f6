import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** What the provider is to be handed: one attempt of a case. Its id is the idempotency key. */
export interface KycSubmission {
  readonly id: string;
  readonly caseId: string;
  readonly userId: UserId;
  readonly attempt: number;
  readonly tries: number;
}

const returned = `id, case_id as "caseId", user_id as "userId", attempt, tries`;

/** Hand-overs to the provider: pending, taken by it, refused by it for good, or settled by a result. */
export class KycSubmissionRepository extends Repository {
  async add(submission: Omit<KycSubmission, 'tries'>, at: Date): Promise<void> {
    const { id, caseId, userId, attempt } = submission;
    await this.affected(
      `insert into profile.kyc_submissions (id, case_id, user_id, attempt, state, next_at, created_at)
        values (?, ?, ?, ?, 'pending', ?, ?)`,
      [id, caseId, userId, attempt, at, at],
    );
  }

  find(id: string): Promise<KycSubmission | undefined> {
    return this.row(`select ${returned} from profile.kyc_submissions where id = ?`, [id]);
  }

  /** Takes those that are due, for this long: whoever crashes meanwhile lets others try after it. */
  claimPending({ now, heldUntil, limit }: { now: Date; heldUntil: Date; limit: number }): Promise<KycSubmission[]> {
    return this.rows(
      `update profile.kyc_submissions set tries = tries + 1, next_at = ? where id in
        (select id from profile.kyc_submissions where state = 'pending' and next_at <= ?
          order by next_at limit ? for update skip locked) returning ${returned}`,
      [heldUntil, now, limit],
    );
  }

  /** Notes that the provider has taken it, and when it is asked about it; false when a result was quicker. */
  async take(id: string, verificationId: string, askAt: Date): Promise<boolean> {
    const taken = await this.affected(
      `update profile.kyc_submissions set state = 'taken', verification_id = ?, next_at = ?, tries = 0, failure = null
        where id = ? and state = 'pending'`,
      [verificationId, askAt, id],
    );
    return taken === 1;
  }

  async retryAt(id: string, nextAt: Date, failure: string): Promise<void> {
    await this.affected(
      `update profile.kyc_submissions set next_at = ?, failure = ? where id = ? and state = 'pending'`,
      [nextAt, failure, id],
    );
  }

  /** Notes that the provider will never take it; false when it is over already. */
  async refuse(id: string, failure: string): Promise<boolean> {
    const refused = await this.affected(
      `update profile.kyc_submissions set state = 'refused', next_at = null, failure = ? where id = ? and state = 'pending'`,
      [failure, id],
    );
    return refused === 1;
  }

  /** Notes that nothing more is to be done or asked about an attempt, whoever decided it. */
  async settle(caseId: string, attempt: number): Promise<void> {
    await this.affected(
      `update profile.kyc_submissions set state = 'settled', next_at = null
        where case_id = ? and attempt = ? and state <> 'settled'`,
      [caseId, attempt],
    );
  }

  /** Takes those of which nothing was heard and which are due to be asked about, each for this long. */
  claimUnheard(times: {
    now: Date;
    heldUntil: Date;
    limit: number;
  }): Promise<(KycSubmission & { readonly verificationId: string })[]> {
    const { now, heldUntil, limit } = times;
    return this.rows(
      `update profile.kyc_submissions set tries = tries + 1, next_at = ? where id in
        (select id from profile.kyc_submissions where state = 'taken' and next_at <= ?
          order by next_at limit ? for update skip locked)
        returning ${returned}, verification_id as "verificationId"`,
      [heldUntil, now, limit],
    );
  }

  async askAgainAt(id: string, nextAt: Date): Promise<void> {
    await this.affected(`update profile.kyc_submissions set next_at = ? where id = ? and state = 'taken'`, [
      nextAt,
      id,
    ]);
  }

  /** How many the provider has not taken. */
  async countPending(): Promise<number> {
    const found = await this.row<{ count: number }>(
      `select count(*)::int as count from profile.kyc_submissions where state = 'pending' and next_at is not null`,
    );
    return found?.count ?? 0;
  }

  /** Since when the oldest waits that the provider has not taken. */
  async oldestPending(): Promise<Date | undefined> {
    const found = await this.row<{ oldest: Date | null }>(
      `select min(created_at) as oldest from profile.kyc_submissions where state = 'pending' and next_at is not null`,
    );
    return found?.oldest ?? undefined;
  }
}
