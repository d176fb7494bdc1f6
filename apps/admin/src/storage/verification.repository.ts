import { Repository } from '@bank/database';

/** How far the ledger was verified, and when. */
export interface VerificationPlace {
  /** When it was looked at last; null before the first time. */
  readonly checkedAt: Date | null;
  /** The checkpoint up to which what is new was verified, and when that was the newest one. */
  readonly verifiedCheckpoint: number;
  readonly verifiedAt: Date;
  /** How far the sweep over everything has come, and when it began. */
  readonly sweptCheckpoint: number;
  readonly sweepBeganAt: Date;
  /** Everything was verified since then: when the last whole sweep began. */
  readonly sweptSince: Date;
  /** What was wrong the last time. */
  readonly problems: number;
}

/** The one row that says how far verification has come. */
export class VerificationRepository extends Repository {
  /** Whether nobody else verifies; then nobody does until the transaction ends. */
  async lock(): Promise<boolean> {
    const held = await this.row<{ held: boolean }>(
      "select pg_try_advisory_xact_lock(hashtextextended('admin.ledger_verification', 0)) as held",
    );
    return held?.held === true;
  }

  async place(): Promise<VerificationPlace> {
    const place = await this.row<VerificationPlace>(
      `select checked_at as "checkedAt", verified_checkpoint as "verifiedCheckpoint", verified_at as "verifiedAt",
          swept_checkpoint as "sweptCheckpoint", sweep_began_at as "sweepBeganAt", swept_since as "sweptSince", problems
        from admin.ledger_verification where name = 'verification'`,
    );
    if (place === undefined) throw new Error('admin.ledger_verification has no row');
    return place;
  }

  async keep(place: VerificationPlace): Promise<void> {
    await this.affected(
      `update admin.ledger_verification set checked_at = ?, verified_checkpoint = ?, verified_at = ?,
          swept_checkpoint = ?, sweep_began_at = ?, swept_since = ?, problems = ? where name = 'verification'`,
      [
        place.checkedAt,
        place.verifiedCheckpoint,
        place.verifiedAt,
        place.sweptCheckpoint,
        place.sweepBeganAt,
        place.sweptSince,
        place.problems,
      ],
    );
  }
}
