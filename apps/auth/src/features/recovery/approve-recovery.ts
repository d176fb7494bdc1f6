import { readApproval, useApproval } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { DomainError, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { refusalOf } from '#features/recovery/policies.ts';
import { ApproveRecoverySchema } from '#features/recovery/schemas.ts';
import { tellOfRecovery } from '#features/recovery/tell-of-recovery.ts';
import { approveWait } from '#features/recovery/wait-for-recovery.ts';
import { holdPeople, requireVisible } from '#features/standing/people.ts';

/**
 * Gives a recovery its second proof: two of the staff know again who its user is (SR-43, SR-71). Its delay begins, with the same
 * notices and the same way to end it as with a recovery code. A repetition by the same checker changes nothing.
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, user.not_found, user.state.blocked,
 * recovery.not_found, approval.invalid, approval.expired, approval.own, approval.already_decided
 */
export async function approveRecovery(
  ctx: AppContext,
  input: unknown,
  { actor }: Pick<Caller, 'actor'>,
): Promise<void> {
  const { userId, recoveryId, noteId, approval } = parse(ApproveRecoverySchema, input);
  const payload = { userId, recoveryId };
  const approved = await readApproval(ctx, actor, { approval, action: 'user.recover', payload });
  const { id: approvalId, makerId, who } = approved;
  await withTransaction(ctx, { who, audits: ['auth.recovery.proven'] }, async (tx) => {
    const isFirst = await useApproval(tx, approved, () => holdPeople(tx, approved, userId));
    const user = requireVisible(await tx.users.lock(userId));
    if (!isFirst) return;
    if (refusalOf(user) !== undefined) throw new DomainError('user.state.blocked');
    const recovery = await approveWait(tx, { id: recoveryId, userId });
    if (recovery === undefined) throw new DomainError('recovery.not_found');
    await tellOfRecovery(tx, user, recovery);
    const details = { recoveryId, noteId, approvalId, makerId };
    const entry = { action: 'auth.recovery.proven', subject: userId, outcome: 'success', reason: 'staff' } as const;
    await tx.audit({ ...entry, details });
  });
}
