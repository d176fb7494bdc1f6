import type * as v from 'valibot';
import type { ExplainedApproval } from '#features/approval/get-approval.ts';
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
    invitationId: 'invitationId' in payload ? payload.invitationId : null,
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
  const { approval, reason = null, decisionReason = null } = explained;
  return { ...toListedApproval(approval), reason, decisionReason };
}
