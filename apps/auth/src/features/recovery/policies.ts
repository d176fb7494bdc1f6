import { isBlocked, type Role, type UserState, worksHere } from '@bank/domain';
import type { RecoveryProof } from '#storage/recoveries/recovery.repository.ts';

/** Life of the link that begins a recovery, in seconds (SR-43). */
export const linkSeconds = 3600;

/** Recovery codes that one link bears (SR-25). */
export const triesMax = 5;

/** How long a link is kept for a code that is being judged, in seconds: mfa has answered long before. */
export const judgingSeconds = 30;

/** How long a recovery without a recovery code waits for staff, in days. */
export const reviewDays = 14;

/** How long one that is due is tried to be carried out, in days. */
export const overdueDays = 30;

/** How long one replica may take to carry one out, in seconds; afterwards another may take it up. */
export const leaseSeconds = 60;

/** What decides whether an account is recovered by its user. */
interface Standing {
  readonly status: UserState;
  readonly roles: readonly Role[];
  readonly emailVerifiedAt: Date | null;
}

/**
 * Why an account cannot be recovered, undefined when it can. Nobody who works here gets around their colleagues by reading
 * mail: two of them reset the factors (SR-72). A mailbox that was never proven proves nobody.
 */
export function refusalOf(user: Standing | undefined): 'nobody' | 'status' | 'staff' | 'unproven' | undefined {
  if (user === undefined) return 'nobody';
  if (isBlocked(user.status, 'recovery')) return 'status';
  if (worksHere(user.roles)) return 'staff';
  return user.emailVerifiedAt === null ? 'unproven' : undefined;
}

/**
 * Whether staff have to look at a recovery before it goes on. Whoever is locked may not be who they say: a mailbox and a
 * recovery code do not outweigh that. A lock ends what was proven before it, so a proof of staff is always later.
 */
export function needsReview(user: Pick<Standing, 'status'>, proof: RecoveryProof | null): boolean {
  return user.status === 'locked' && proof !== 'staff';
}
