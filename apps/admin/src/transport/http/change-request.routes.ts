import { defineRoutes, noContent, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { Reasoned } from '#features/act/schemas.ts';
import { approveChangeRequest } from '#features/change-request/approve-change-request.ts';
import { listChangeRequests } from '#features/change-request/list-change-requests.ts';
import { rejectChangeRequest } from '#features/change-request/reject-change-request.ts';
import {
  ChangeRequestParams,
  ChangeRequestQuery,
  ChangeRequestView,
  Rejection,
  WaitingPage,
} from '#features/change-request/schemas.ts';
import { showChangeRequest } from '#features/change-request/show-change-request.ts';
import { freshStepUp } from '#transport/http/fresh-step-up.ts';

const tag = 'change requests';
const path = '/v1/admin/users/:id/change-requests/:requestId';
const refusals = [
  'user.not_found',
  'profile.change_request.not_found',
  'profile.change_request.closed',
  'service.overloaded',
] as const;
const limits = [{ name: 'change-decision', points: 60, windowSeconds: 60, by: 'user' }] as const;

export const changeRequestRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/admin/change-requests',
    summary: 'What users ask to have changed of what was verified, the oldest first; no values',
    tag,
    access: { permission: 'kyc.read' },
    query: ChangeRequestQuery,
    responses: { 200: WaitingPage },
    errors: ['service.overloaded'],
    async handle(ctx, request) {
      const { items, nextCursor } = await listChangeRequests(ctx, request.actor, request.query);
      const shown = items.map(({ createdAt, ...item }) => ({ ...item, createdAt: createdAt?.toISOString() ?? null }));
      return ok({ items: shown, nextCursor });
    },
  },
  {
    method: 'GET',
    path,
    summary: 'One request that waits, with the values of before and after; the view is recorded',
    tag,
    access: { permission: 'kyc.decide' },
    stepUp: freshStepUp,
    params: ChangeRequestParams,
    responses: { 200: ChangeRequestView },
    errors: [...refusals],
    limits,
    async handle(ctx, request) {
      const { createdAt, ...shown } = await showChangeRequest(ctx, request.actor, request.params);
      return ok({ ...shown, createdAt: createdAt?.toISOString() ?? null });
    },
  },
  {
    method: 'POST',
    path: `${path}/approve`,
    summary: 'Approve a request: the change is made, and the user told',
    tag,
    access: { permission: 'kyc.decide' },
    stepUp: freshStepUp,
    params: ChangeRequestParams,
    body: Reasoned,
    responses: { 204: null },
    errors: [...refusals, 'kyc.case.under_review'],
    limits,
    idempotent: true,
    async handle(ctx, request) {
      await approveChangeRequest(ctx, request.actor, request);
      return noContent();
    },
  },
  {
    method: 'POST',
    path: `${path}/reject`,
    summary: 'Reject a request; the user is told why by a code, and not the reason',
    tag,
    access: { permission: 'kyc.decide' },
    stepUp: freshStepUp,
    params: ChangeRequestParams,
    body: Rejection,
    responses: { 204: null },
    errors: [...refusals],
    limits,
    idempotent: true,
    async handle(ctx, request) {
      await rejectChangeRequest(ctx, request.actor, request);
      return noContent();
    },
  },
]);
