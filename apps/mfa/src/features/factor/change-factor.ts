import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { requireHighestLevel } from '#features/factor/policies.ts';
import { FactorParams, FactorPatch } from '#features/factor/schemas.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/**
 * Gives one of the signed-in user's factors another name, or makes it the one that is asked for first, if it still has the version
 * the user saw, and tells them by mail; what is so already stays as it is, and its version with it. The route demands a fresh sign-in, this the level that the user's factors give (SR-31).
 * @throws auth.token.missing, request.invalid, factor.not_found, auth.step_up.required, request.precondition_failed
 */
export async function changeFactor(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number; patch: unknown },
): Promise<ConfirmedFactor> {
  const user = requireUser(actor);
  const { userId } = user;
  const { id } = parse(FactorParams, input.params);
  const patch = parse(FactorPatch, input.patch);
  const access = { who: allow.self(actor, userId), audits: ['mfa.factor.changed'] } as const;
  return withTransaction(ctx, access, async (tx) => {
    const subject = await tx.subjects.lock(userId); // one of the factors is preferred, whichever of them change at once
    const factor = await tx.factors.findConfirmed(userId, id);
    if (subject === undefined || factor === undefined) throw new DomainError('factor.not_found');
    requireHighestLevel(user, subject, await tx.factors.listKinds(userId));
    const { label = factor.label, preferred: isPreferred = factor.isPreferred } = patch;
    const changed = [label !== factor.label && 'label', isPreferred !== factor.isPreferred && 'preferred'].filter(
      Boolean,
    );
    if (changed.length === 0 && factor.version === input.version) return factor;
    const version = await tx.factors.change(userId, id, { label, isPreferred, version: input.version });
    if (version === undefined) throw new DomainError('request.precondition_failed');
    if (isPreferred) await tx.factors.preferNoOther(userId, id);
    const details = { factorId: id, type: factor.type, fields: changed.join(' ') };
    await tx.audit({ action: 'mfa.factor.changed', subject: userId, outcome: 'success', details });
    await notify(tx, userId, messageOf('factor-changed', { at: tx.clock.now() }));
    return { ...factor, label, isPreferred, version };
  });
}
