import { notify } from '@bank/composition';
import type { UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { failuresWorthTelling } from '#features/sign-in/policies.ts';

/** Tells the user of a success after several failures, whatever completed it: somebody may have guessed (SR-20). */
export async function tellOfFailures(
  tx: AppTransaction,
  userId: UserId,
  { failures, at }: { failures: number; at: Date },
): Promise<void> {
  if (failures < failuresWorthTelling) return;
  await notify(tx, userId, messageOf('sign-in-after-failures', { at, failures }), { since: at });
}
