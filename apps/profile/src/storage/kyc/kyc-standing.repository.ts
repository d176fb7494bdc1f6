import { Repository } from '@bank/database';
import type { KycTier, UserId } from '@bank/domain';
import type { KycStanding } from '#storage/kyc/kyc-case.ts';

const columns = `tier, version, case_id as "caseId", valid_until as "validUntil"`;
const nothing: KycStanding = { tier: 0, version: 0, caseId: null, validUntil: null };

/** Whose standing will run out, or has. */
export interface EndingStanding {
  readonly userId: UserId;
  readonly caseId: string;
  readonly validUntil: string;
}
const returned = `user_id as "userId", case_id as "caseId", valid_until as "validUntil"`;
const beginning = { validUntil: '-infinity', userId: '00000000-0000-0000-0000-000000000000' };

/** The tiers that users hold. */
export class KycStandingRepository extends Repository {
  /** Tier 0 for whoever never had another. */
  async find(userId: UserId): Promise<KycStanding> {
    const sql = `select ${columns} from profile.kyc_standings where user_id = ?`;
    return (await this.row<KycStanding>(sql, [userId])) ?? nothing;
  }

  /** Counts a move of one of the user's cases, which leaves the tier as it is. */
  async touch(userId: UserId, at: Date): Promise<KycStanding> {
    const touched = await this.row<KycStanding>(
      `insert into profile.kyc_standings as s (user_id, tier, version, updated_at) values (?, 0, 1, ?)
        on conflict (user_id) do update set version = s.version + 1, updated_at = excluded.updated_at
        returning ${columns}`,
      [userId, at],
    );
    return touched ?? nothing;
  }

  /** Gives a tier by a case. A tier that is higher already stays, with what it rests on. */
  async raise(raised: {
    userId: UserId;
    tier: KycTier;
    caseId: string;
    validUntil: string | null;
    at: Date;
  }): Promise<KycStanding> {
    const { userId, tier, caseId, validUntil, at } = raised;
    const standing = await this.row<KycStanding>(
      `insert into profile.kyc_standings as s (user_id, tier, version, case_id, valid_until, updated_at)
        values (?, ?, 1, ?, ?, ?)
        on conflict (user_id) do update set version = s.version + 1, updated_at = excluded.updated_at,
          tier = greatest(s.tier, excluded.tier),
          case_id = case when excluded.tier >= s.tier then excluded.case_id else s.case_id end,
          valid_until = case when excluded.tier >= s.tier then excluded.valid_until else s.valid_until end,
          reminded_at = case when excluded.tier >= s.tier then null else s.reminded_at end
        returning ${columns}`,
      [userId, tier, caseId, validUntil, at],
    );
    return standing ?? nothing;
  }

  /**
   * Takes the tier away that rests on this case, its last day being before this one; false when it rests on another by now, or lasts.
   * The move of the case counts it.
   */
  async lapse(
    { userId, caseId }: Pick<EndingStanding, 'userId' | 'caseId'>,
    today: string,
    at: Date,
  ): Promise<boolean> {
    const lapsed = await this.affected(
      `update profile.kyc_standings set tier = 0, case_id = null, valid_until = null, reminded_at = null, updated_at = ?
        where user_id = ? and case_id = ? and valid_until < ?::date`,
      [at, userId, caseId, today],
    );
    return lapsed === 1;
  }

  /** Standings whose last day has passed, from the longest ago on; those behind `after`, if it is given. */
  lapsed(
    today: string,
    { after = beginning, limit }: { after: { validUntil: string; userId: string } | undefined; limit: number },
  ): Promise<EndingStanding[]> {
    return this.rows(
      `select ${returned} from profile.kyc_standings
        where valid_until < ?::date and case_id is not null and (valid_until, user_id) > (?::date, ?::uuid)
        order by valid_until, user_id limit ?`,
      [today, after.validUntil, after.userId, limit],
    );
  }

  /** Marks as reminded those whose last day is not later than this, and gives them with it; each once. */
  remind(until: string, at: Date, limit: number): Promise<EndingStanding[]> {
    return this.rows(
      `update profile.kyc_standings set reminded_at = ? where user_id in
        (select user_id from profile.kyc_standings where valid_until <= ?::date and reminded_at is null
          and case_id is not null order by valid_until limit ? for update skip locked)
        returning ${returned}`,
      [at, until, limit],
    );
  }
}
