import { approvalActions } from '@bank/domain';
import { accepted, defineRoutes, noContent, ok, type Route } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { ownerRefusals } from '#features/act/outcome.ts';
import { Reasoned, UserParams } from '#features/act/schemas.ts';
import { approve } from '#features/approval/approve.ts';
import { getApproval } from '#features/approval/get-approval.ts';
import { listApprovals } from '#features/approval/list-approvals.ts';
import { reject } from '#features/approval/reject.ts';
import { requestInvitation } from '#features/approval/request-invitation.ts';
import { requestRecovery } from '#features/approval/request-recovery.ts';
import { requestRoles } from '#features/approval/request-roles.ts';
import { requestUserAction, type UserAction } from '#features/approval/request-user-action.ts';
import {
  ApprovalAccepted,
  ApprovalPage,
  ApprovalParams,
  ApprovalQuery,
  ApprovalView,
  Decision,
  InvitationRequest,
  RolesRequest,
} from '#features/approval/schemas.ts';
import { unmaskInvitation } from '#features/approval/unmask-invitation.ts';
import { toApprovalView, toListedApproval } from '#features/approval/view.ts';
import { UnmaskingView } from '#features/user/schemas.ts';
import { toUnmaskingView } from '#features/user/view.ts';
import { freshStepUp } from '#transport/http/fresh-step-up.ts';

const tag = 'approvals';
const requestLimits = [{ name: 'approval-request', points: 30, windowSeconds: 60, by: 'user' as const }];
const decisionLimits = [{ name: 'approval-decision', points: 60, windowSeconds: 60, by: 'user' as const }];
const undecidable = [
  'approval.not_found',
  'approval.own',
  'approval.expired',
  'approval.already_decided',
  'approval.in_progress',
  'approval.stale',
  'user.not_found',
] as const;

/** What an invitation may meet when it is sent. */
const uninvitable = ['staff.address.taken', 'staff.invitation.not_found'] as const;

/** What a recovery may meet when it is approved. */
const unrecoverable = ['recovery.not_found'] as const;

/** What a decision on a KYC case may meet when it is approved. */
const undecided = ['kyc.case.not_found', 'kyc.case.unclaimed', 'kyc.transition.illegal'] as const;

/** Something about a user that takes two people. */
function requestRoute(name: string, action: UserAction, summary: string): Route<AppContext> {
  return {
    method: 'POST',
    path: `/v1/admin/users/:id/${name}`,
    summary,
    tag,
    access: { permission: approvalActions[action] },
    params: UserParams,
    body: Reasoned,
    responses: { 202: ApprovalAccepted },
    errors: [...ownerRefusals],
    limits: requestLimits,
    idempotent: true,
    handle: async (ctx, request) =>
      accepted({ approvalId: await requestUserAction(ctx, request.actor, action, request) }),
  };
}

export const approvalRoutes = defineRoutes<AppContext>([
  requestRoute('suspend', 'user.suspend', 'Ask for a user to be suspended; done when a colleague approves'),
  requestRoute('reinstate', 'user.reinstate', 'Ask for a suspended user to be active again'),
  requestRoute('close', 'user.close', 'Ask for the end of the relationship with a user'),
  requestRoute('reset-mfa', 'user.reset_factors', 'Ask for all second factors of a user to be removed'),
  {
    method: 'POST',
    path: '/v1/admin/users/:id/recover',
    summary: 'Ask for the recovery of a user without a recovery code, once it is known again who the user is',
    tag,
    access: { permission: approvalActions['user.recover'] },
    params: UserParams,
    body: Reasoned,
    responses: { 202: ApprovalAccepted },
    errors: [...ownerRefusals, 'recovery.not_found'],
    limits: requestLimits,
    idempotent: true,
    handle: async (ctx, request) => accepted({ approvalId: await requestRecovery(ctx, request.actor, request) }),
  },
  {
    method: 'PUT',
    path: '/v1/admin/users/:id/roles',
    summary: 'Ask for other roles for a user, in place of all that the user holds',
    tag,
    access: { permission: 'users.roles' },
    stepUp: freshStepUp,
    params: UserParams,
    body: RolesRequest,
    responses: { 202: ApprovalAccepted },
    errors: [...ownerRefusals],
    limits: requestLimits,
    handle: async (ctx, request) => accepted({ approvalId: await requestRoles(ctx, request.actor, request) }),
  },
  {
    method: 'POST',
    path: '/v1/admin/invitations',
    summary: 'Ask for somebody to be made a member of staff; the invitation goes out when a colleague approves',
    tag,
    access: { permission: 'users.roles' },
    stepUp: freshStepUp,
    body: InvitationRequest,
    responses: { 202: ApprovalAccepted },
    errors: [...ownerRefusals, 'staff.address.taken', 'staff.invitations.too_many'],
    limits: requestLimits,
    idempotent: true,
    handle: async (ctx, request) => accepted({ approvalId: await requestInvitation(ctx, request.actor, request.body) }),
  },
  {
    method: 'GET',
    path: '/v1/admin/approvals',
    summary: 'What you asked for or decided, and what you could decide; the latest first',
    tag,
    access: { permission: 'approvals.read' },
    query: ApprovalQuery,
    responses: { 200: ApprovalPage },
    errors: [],
    async handle(ctx, request) {
      const { items, nextCursor } = await listApprovals(ctx, request.actor, request.query);
      return ok({ items: items.map(toListedApproval), nextCursor });
    },
  },
  {
    method: 'GET',
    path: '/v1/admin/approvals/:id',
    summary: 'One approval with the reasons that were given and whom an invitation is for; reading is recorded',
    tag,
    access: { permission: 'approvals.read' },
    params: ApprovalParams,
    responses: { 200: ApprovalView },
    errors: ['approval.not_found', 'service.overloaded'],
    handle: async (ctx, request) => ok(toApprovalView(await getApproval(ctx, request.actor, request.params))),
  },
  {
    method: 'POST',
    path: '/v1/admin/approvals/:id/unmask',
    summary: 'See the address of an invitation in full for 15 minutes, with a reason',
    tag,
    access: { permission: 'approvals.decide' },
    stepUp: freshStepUp,
    params: ApprovalParams,
    body: Reasoned,
    responses: { 200: UnmaskingView },
    errors: ['approval.not_found', 'staff.invitation.not_found', 'service.overloaded'],
    limits: [{ name: 'invitation-unmask', points: 30, windowSeconds: 3600, by: 'user' }],
    idempotent: true,
    handle: async (ctx, request) => ok(toUnmaskingView(await unmaskInvitation(ctx, request.actor, request))),
  },
  {
    method: 'POST',
    path: '/v1/admin/approvals/:id/approve',
    summary: 'Approve what a colleague asked for, and have it done',
    description: 'After a 503 you may try again, and nobody else; 409 `approval.in_progress` while the first try runs.',
    tag,
    access: { permission: 'approvals.decide' },
    stepUp: freshStepUp,
    params: ApprovalParams,
    body: Decision,
    responses: { 204: null },
    errors: [
      ...new Set([
        ...undecidable,
        ...ownerRefusals,
        ...uninvitable,
        ...unrecoverable,
        ...undecided,
        'approval.invalid',
      ] as const),
    ],
    limits: decisionLimits,
    idempotent: true,
    async handle(ctx, request) {
      await approve(ctx, request.actor, request);
      return noContent();
    },
  },
  {
    method: 'POST',
    path: '/v1/admin/approvals/:id/reject',
    summary: 'Reject what a colleague asked for',
    tag,
    access: { permission: 'approvals.decide' },
    stepUp: freshStepUp,
    params: ApprovalParams,
    body: Decision,
    responses: { 204: null },
    errors: [...undecidable, 'service.overloaded'],
    limits: decisionLimits,
    idempotent: true,
    async handle(ctx, request) {
      await reject(ctx, request.actor, request);
      return noContent();
    },
  },
]);
