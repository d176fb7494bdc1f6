import type { UserId } from '@bank/domain';
import type { KycCase } from '#storage/kyc/kyc-case.ts';

/** For how long a case is kept for who claimed it, in milliseconds. */
const claimMs = 8 * 3_600_000;

/** The moment since which a claim must have been made to last now. */
export function claimedSince(now: Date): Date {
  return new Date(now.getTime() - claimMs);
}

/**
 * Whether that member of staff works on a case at the moment: the reason of the claim is why they look at its documents. Once it
 * is closed, or its user is asked for more, or the claim is over, it is no reason any more.
 */
export function isAtWorkOn(found: KycCase, staffId: UserId, now: Date): boolean {
  const { status, reviewerId, claimedAt } = found;
  return status === 'in_review' && reviewerId === staffId && claimedAt !== null && claimedAt >= claimedSince(now);
}
