import { notify } from '@bank/composition';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { recoveryCodeUsed } from '#events.ts';
import type { GivenAnswer } from '#features/challenge/given-answer.ts';
import type { Answer } from '#features/challenge/schemas.ts';
import { digestRecoveryCode } from '#features/recovery-code/code.ts';

/** Uses a recovery code up in place of a factor, and tells its user how many are left (SR-27). */
export async function answerWithRecoveryCode(
  tx: AppTransaction,
  answer: Extract<Answer, { recoveryCode: string }>,
  now: Date,
): Promise<GivenAnswer> {
  const { userId, recoveryCode } = answer;
  const isRight = await tx.recoveryCodes.consume(userId, digestRecoveryCode(userId, recoveryCode), now);
  if (isRight) {
    const remaining = await tx.recoveryCodes.countUnused(userId);
    await tx.emit(recoveryCodeUsed({ userId, remaining, at: now }));
    await tx.audit({
      action: 'mfa.recovery_code.used',
      subject: userId,
      outcome: 'success',
      details: { remaining },
    });
    await notify(tx, userId, messageOf('recovery-code-used', { at: now, remaining }));
  }
  return { isRight, by: 'recovery_code', factorId: undefined };
}
