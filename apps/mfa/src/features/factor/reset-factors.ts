import { readApproval, requireUnchanged, useApproval } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, DomainError, isBlocked, parse, UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { removeEverything } from '#features/factor/remove-everything.ts';

const Reset = v.strictObject({
  userId: UserIdSchema,
  noteId: Uuidv7Schema,
  approval: v.pipe(v.string(), v.nonEmpty(), v.maxLength(4096)),
});

const audits = ['mfa.factor.removed', 'mfa.factors.reset'] as const;

/**
 * Removes all that proves a user beside the password, for staff, by an approval (SR-71): factors, recovery codes, and
 * challenges under way. `auth` ends what was opened with them when it hears of it. Answers how many factors there were; none
 * for a repetition by the same checker.
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, user.not_found, approval.invalid,
 * approval.expired, approval.own, approval.already_decided, approval.stale, service.unavailable
 */
export async function resetFactors(ctx: AppContext, actor: Actor, input: unknown): Promise<number> {
  const { userId, noteId, approval } = parse(Reset, input);
  const approved = await readApproval(ctx, actor, { approval, action: 'user.reset_factors', payload: { userId } });
  const { id: approvalId, makerId, checkerId, who } = approved;
  const people = await ctx.people.find([makerId, checkerId, userId]);
  const target = people.get(userId);
  if (target === undefined || isBlocked(target.status, 'lookup')) throw new DomainError('user.not_found');
  const facts = { maker: people.get(makerId), checker: people.get(checkerId), target };
  return await withTransaction(ctx, { who, audits }, async (tx) => {
    const isFirst = await useApproval(tx, approved, async () => facts);
    if (!isFirst) return 0;
    // Of two that were asked for, one has done it: the other must not take away what was enrolled since.
    requireUnchanged(approved, (await tx.subjects.lock(userId))?.factorsResetAt ?? null);
    return await removeEverything(tx, userId, { byStaff: true, warrant: { noteId, approvalId, makerId } });
  });
}
