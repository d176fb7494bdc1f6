import type { UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { overdueDays, reviewDays } from '#features/recovery/policies.ts';
import type { RecoveryStanding } from '#features/recovery/schemas.ts';
import type { ProvenRecovery, RecoveryProof } from '#storage/recoveries/recovery.repository.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Begins the delay after which a recovery is carried out (SR-43); it begins anew for one that takes the place of another.
 * Undefined when one is being carried out just now.
 */
export async function beginWait(
  tx: AppTransaction,
  { id, userId, proof }: { id: string; userId: UserId; proof: RecoveryProof },
): Promise<ProvenRecovery | undefined> {
  return await tx.recoveries.prove({ id, userId, proof, ...delayOf(tx) });
}

/** The same for one that waits for staff, when they have decided; undefined when that one does not wait any more. */
export async function approveWait(
  tx: AppTransaction,
  recovery: { id: string; userId: UserId },
): Promise<ProvenRecovery | undefined> {
  return await tx.recoveries.approve(recovery, { ...delayOf(tx), now: tx.clock.now() });
}

function delayOf(tx: AppTransaction): { dueAt: Date; expiresAt: Date } {
  const dueAt = new Date(tx.clock.now().getTime() + tx.config.RECOVERY_DELAY_HOURS * hourMs);
  return { dueAt, expiresAt: new Date(dueAt.getTime() + overdueDays * dayMs) };
}

/** Has one wait for the decision of staff; undefined when its user has one that is further on. */
export async function beginReview(
  tx: AppTransaction,
  { id, userId }: { id: string; userId: UserId },
): Promise<ProvenRecovery | undefined> {
  return await tx.recoveries.prove({ id, userId, proof: null, dueAt: null, expiresAt: reviewEnd(tx) });
}

/** The same for one whose delay is over already. */
export async function returnToReview(tx: AppTransaction, id: string): Promise<ProvenRecovery | undefined> {
  return await tx.recoveries.putBack(id, { newId: tx.ids.next(), expiresAt: reviewEnd(tx) });
}

function reviewEnd(tx: AppTransaction): Date {
  return new Date(tx.clock.now().getTime() + reviewDays * dayMs);
}

/** How a recovery stands, as its user is told. */
export function standingOf(recovery: ProvenRecovery | undefined): RecoveryStanding | undefined {
  if (recovery === undefined) return undefined;
  const { dueAt } = recovery;
  return { status: dueAt === null ? 'in_review' : 'waiting', completesAt: dueAt === null ? null : dueAt.toISOString() };
}
