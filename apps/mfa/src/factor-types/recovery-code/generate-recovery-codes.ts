import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { recoveryCodesGenerated } from '#events.ts';
import { digestRecoveryCode, generateRecoveryCode } from '#factor-types/recovery-code/code.ts';
import { raises, requireHighestLevel } from '#features/factor/policies.ts';

const count = 10;

/**
 * Ten new recovery codes for the signed-in user, shown this once; all older ones are dead (SR-27). The route demands a
 * fresh second factor, this the level that the user's factors give (SR-31).
 * @throws auth.token.missing, factor.missing, auth.step_up.required
 */
export async function generateRecoveryCodes(ctx: AppContext, actor: Actor): Promise<readonly string[]> {
  const user = requireUser(actor);
  const { userId } = user;
  const codes = Array.from({ length: count }, () => generateRecoveryCode());
  const digests = codes.map((code) => digestRecoveryCode(userId, code));
  const access = { who: allow.self(actor, userId), audits: ['mfa.recovery_codes.generated'] } as const;
  await withTransaction(ctx, access, async (tx) => {
    const subject = await tx.subjects.lock(userId);
    const factors = await tx.factors.listKinds(userId);
    if (subject === undefined || !factors.some(({ type }) => raises(type))) throw new DomainError('factor.missing');
    requireHighestLevel(user, subject, factors);
    const at = tx.clock.now();
    await tx.recoveryCodes.replaceAll(userId, digests, at);
    await tx.emit(recoveryCodesGenerated({ userId, count, at }));
    await tx.audit({
      action: 'mfa.recovery_codes.generated',
      subject: userId,
      outcome: 'success',
      details: { count },
    });
    await notify(tx, userId, messageOf('recovery-codes-created', { at }));
  });
  return codes;
}
