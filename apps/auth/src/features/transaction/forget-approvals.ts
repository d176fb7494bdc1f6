import { parse, UserIdSchema, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppTransaction } from '#context.ts';

const RemovedFactorSchema = v.strictObject({ userId: UserIdSchema, factorId: UuidSchema });

/** Forgets what a factor that was removed has approved and nobody has executed yet (SR-63). @throws request.invalid */
export async function forgetApprovals(tx: AppTransaction, input: unknown): Promise<void> {
  const { userId, factorId } = parse(RemovedFactorSchema, input);
  await tx.transactions.removeOfFactor(userId, factorId);
}
