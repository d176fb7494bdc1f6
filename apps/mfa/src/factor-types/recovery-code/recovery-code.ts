import { notify } from '@bank/composition';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { recoveryCodeUsed } from '#events.ts';
import { defineStandIn, type Given } from '#factor-types/factor-type.ts';
import { digestRecoveryCode } from '#factor-types/recovery-code/code.ts';
import { RecoveryCodeResponse } from '#factor-types/recovery-code/schemas.ts';

/** So many are few: who is left with them is told to make new ones. */
const fewCodes = 3;

/** Recovery codes: each stands in for a factor, once. They have 120 bits, so that nobody guesses one. */
export const recoveryCode = defineStandIn('recovery_code', {
  isUnguessable: true,
  response: RecoveryCodeResponse,
  check: useCode,
});

/** Uses a recovery code up, and tells its user how many are left (SR-27). */
async function useCode(
  tx: AppTransaction,
  { userId, now }: Given,
  { recoveryCode: code }: RecoveryCodeResponse,
): Promise<boolean> {
  if (!(await tx.recoveryCodes.consume(userId, digestRecoveryCode(userId, code), now))) return false;
  const remaining = await tx.recoveryCodes.countUnused(userId);
  await tx.emit(recoveryCodeUsed({ userId, remaining, at: now }));
  await tx.audit({ action: 'mfa.recovery_code.used', subject: userId, outcome: 'success', details: { remaining } });
  await notify(
    tx,
    userId,
    messageOf(remaining <= fewCodes ? 'recovery-codes-low' : 'recovery-code-used', { at: now, remaining }),
  );
  return true;
}
