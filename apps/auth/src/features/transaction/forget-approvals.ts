import { parse, UserIdSchema, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppTransaction } from '#context.ts';

/** Whose, and the factor or the device that was asked. */
const ApproverSchema = v.strictObject({ userId: UserIdSchema, factorId: UuidSchema });

/**
 * Forgets what a factor or the key of a device was asked to approve, has approved or not, and nobody has executed yet: it is gone, or
 * another key has taken its place (SR-63). An answer that was taken just before finds nothing to approve. By which of its keys a device
 * has approved is not known here: whoever has approved with the new one before this is asked once more. @throws request.invalid
 */
export async function forgetApprovals(tx: AppTransaction, input: unknown): Promise<void> {
  const { userId, factorId } = parse(ApproverSchema, input);
  await tx.transactions.removeOfFactor(userId, factorId);
}
