import type * as v from 'valibot';
import type { ExplainedApproval } from '#features/approval/get-approval.ts';
import { invitationOf, kycCaseOf } from '#features/approval/policies.ts';
import type { ApprovalPage, ApprovalView } from '#features/approval/schemas.ts';
import type { Approval } from '#storage/approval.entity.ts';

type ListedApproval = v.InferInput<typeof ApprovalPage>['items'][number];

/** An approval in a list; times in ISO 8601. The signed request is nobody's to see. */
export function toListedApproval(approval: Approval): ListedApproval {
  const { id, action, checkerId, createdAt, decidedAt, expiresAt, makerId, payload, status, userId } = approval;
  return {
    id,
    action,
    userId,
    roles: 'roles' in payload ? [...payload.roles] : null,
    invitationId: invitationOf(approval) ?? null,
    kycCaseId: kycCaseOf(approval) ?? null,
    status,
    makerId,
    checkerId,
    createdAt: createdAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
    expiresAt: expiresAt.toISOString(),
  };
}

/** An approval by itself, with its reasons. */
export function toApprovalView(explained: ExplainedApproval): v.InferInput<typeof ApprovalView> {
  const { approval, invited, reason = null, decisionReason = null } = explained;
  const invitation = invited && { email: invited.email, unmaskedUntil: invited.unmaskedUntil?.toISOString() ?? null };
  return { ...toListedApproval(approval), reason, decisionReason, invitation: invitation ?? null };
}
