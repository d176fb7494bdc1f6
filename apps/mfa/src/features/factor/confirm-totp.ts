import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser, type UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { verifyTotp } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import { factorEnrolled } from '#events.ts';
import { confirmationsMax, requireHighestLevel } from '#features/factor/policies.ts';
import { Confirmation, FactorParams } from '#features/factor/schemas.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/**
 * Confirms an authenticator app with its first code, in the session that enrolled it. From now on it is asked for.
 * @throws auth.token.missing, request.invalid, auth.step_up.required, factor.not_found (also when it took too long or
 * too many tries), factor.code_invalid
 */
export async function confirmTotp(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; body: unknown },
): Promise<ConfirmedFactor> {
  const user = requireUser(actor);
  const { userId, sessionId } = user;
  const { id } = parse(FactorParams, input.params);
  const { code } = parse(Confirmation, input.body);
  const now = ctx.clock.now();
  const access = { who: allow.self(actor, userId), audits: ['mfa.factor.enrolled'] } as const;
  const confirmed = await withTransaction(ctx, access, async (tx) => {
    if ((await tx.subjects.lock(userId)) === undefined) throw new DomainError('factor.not_found');
    requireHighestLevel(user, await tx.factors.countConfirmed(userId));
    const attempt = { sessionId, attemptsMax: confirmationsMax, now };
    const pending = await tx.factors.claimConfirmation(userId, id, attempt);
    if (pending === undefined) throw new DomainError('factor.not_found', { reason: 'unknown, expired or exhausted' });
    const step = await verifyTotp({ secret: pending.secret, code, at: now, lastStep: undefined });
    if (step === undefined || !(await tx.factors.confirm(userId, id, { step, at: now }))) {
      await auditEnrolment(tx, userId, id, 'failure');
      return undefined;
    }
    await tx.emit(factorEnrolled({ userId, factorId: id, type: 'totp', at: now }));
    await auditEnrolment(tx, userId, id, 'success');
    await notify(tx, userId, messageOf('factor-added', { at: now }));
    return tx.factors.findConfirmed(userId, id);
  });
  if (confirmed === undefined) throw new DomainError('factor.code_invalid');
  return confirmed;
}

function auditEnrolment(
  tx: AppTransaction,
  userId: UserId,
  factorId: string,
  outcome: 'success' | 'failure',
): Promise<void> {
  const details = { factorId, type: 'totp' };
  return tx.audit({ action: 'mfa.factor.enrolled', subject: userId, outcome, details });
}
