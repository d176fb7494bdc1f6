import type { AppTransaction } from '#context.ts';
import { kycStatusChanged } from '#events.ts';
import type { KycCase, KycStanding } from '#storage/kyc/kyc-case.ts';

/** Tells everybody that a case has moved, and which tier its user holds: that of `standing`, or as before. */
export async function noteMove(tx: AppTransaction, moved: KycCase, standing?: KycStanding): Promise<void> {
  const at = tx.clock.now();
  const { tier, version } = standing ?? (await tx.kycStandings.touch(moved.userId, at));
  const { id: caseId, userId, status } = moved;
  await tx.emit(kycStatusChanged({ userId, caseId, status, tier, version, at }));
}
