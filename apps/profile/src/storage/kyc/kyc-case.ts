import type { KycReason, KycStatus, KycTier, UserId } from '@bank/domain';

/** A request of a user for a tier; `none` is that there is no case. */
export interface KycCase {
  readonly id: string;
  readonly userId: UserId;
  readonly tier: KycTier;
  readonly status: Exclude<KycStatus, 'none'>;
  /** How often it was handed in. A result belongs to one of them. */
  readonly attempt: number;
  readonly reasons: readonly KycReason[];
  /** Handing it in locked who its user is: what was looked at is what is approved. */
  readonly locksIdentity: boolean;
  readonly reviewerId: UserId | null;
  readonly claimedAt: Date | null;
  readonly createdAt: Date;
  /** When it got its status, or its user last went on with it: added a document. */
  readonly movedAt: Date;
  readonly submittedAt: Date | null;
}

/** The tier that a user holds. `version` rises whenever it, or one of the user's cases, changes. */
export interface KycStanding {
  readonly tier: KycTier;
  readonly version: number;
  /** By which case; null for tier 0. */
  readonly caseId: string | null;
  /** `YYYY-MM-DD`: the first day on which its documents do not prove any more what it needs. */
  readonly validUntil: string | null;
}

/** Who decided a case. */
export type KycDecider = 'provider' | 'approval' | 'staff';
