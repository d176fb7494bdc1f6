import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { ChangeRequestInput } from '#features/change-request/schemas.ts';
import { changeOf, checkDateOfBirth } from '#features/profile/policies.ts';
import type { ChangeRequest, ProposedChanges } from '#storage/change-request.entity.ts';

/**
 * Asks for a change of what was verified about the signed-in user; staff decide. There is one open at a time, and none while
 * a verification looks at what would change (SR-71). The user is told of it, in case that it was somebody else who asked.
 * @throws auth.token.missing, request.invalid, profile.not_found, profile.unreadable, profile.field.not_locked,
 * kyc.case.under_review, profile.change_request.open
 */
export async function requestChange(ctx: AppContext, actor: Actor, input: unknown): Promise<ChangeRequest> {
  const { userId } = requireUser(actor);
  const { changes: given, reason } = parse(ChangeRequestInput, input);
  const createdAt = ctx.clock.now();
  checkDateOfBirth(given.dateOfBirth ?? null, createdAt, ctx.config.CUSTOMER_AGE_MIN_YEARS);

  const access = { who: allow.self(actor, userId), audits: ['profile.change_request.opened'] } as const;
  return withTransaction(ctx, access, async (tx) => {
    if (!(await tx.holdUser(userId))) throw new DomainError('profile.not_found', { reason: 'erased' });
    const profile = await tx.profiles.lock(userId);
    if (profile === undefined) throw new DomainError('profile.not_found');
    if (profile.identityLockedAt === null) throw new DomainError('profile.field.not_locked');
    if (await tx.kycCases.isUnderReview(userId)) throw new DomainError('kyc.case.under_review');
    const { after, changedFields: fields } = changeOf(profile, given);
    if (fields.length === 0) {
      throw new DomainError('request.invalid', { details: { errors: [{ path: 'changes', rule: 'no_change' }] } });
    }
    const changes: ProposedChanges = Object.fromEntries(fields.map((field) => [field, after[field]]));
    const id = tx.ids.next();
    const request = { id, userId, fields, changes, reason, createdAt };
    if (!(await tx.changeRequests.open(request))) throw new DomainError('profile.change_request.open');
    const details = { changeRequestId: id, fields: fields.join(' ') };
    await tx.audit({ action: 'profile.change_request.opened', subject: userId, outcome: 'success', details });
    await notify(tx, userId, messageOf('profile-change-requested', { at: createdAt }));
    return { ...request, status: 'open', closedAt: null, decidedBy: null, rejection: null };
  });
}
