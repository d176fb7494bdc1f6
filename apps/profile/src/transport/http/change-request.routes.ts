import { created, defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { getChangeRequest } from '#features/change-request/get-change-request.ts';
import { listChangeRequests } from '#features/change-request/list-change-requests.ts';
import { requestChange } from '#features/change-request/request-change.ts';
import {
  ChangeRequestInput,
  ChangeRequestPage,
  ChangeRequestParams,
  ChangeRequestQuery,
  ChangeRequestView,
} from '#features/change-request/schemas.ts';
import { toChangeRequestView } from '#features/change-request/view.ts';
import { withdrawChangeRequest } from '#features/change-request/withdraw-change-request.ts';

const tag = 'profile';
const path = '/v1/profile/change-requests';

export const changeRequestRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path,
    summary: 'What the user asked to have changed of what was verified, the latest first',
    tag,
    access: 'user',
    query: ChangeRequestQuery,
    responses: { 200: ChangeRequestPage },
    errors: [],
    async handle(ctx, { actor, query }) {
      const { items, nextCursor } = await listChangeRequests(ctx, actor, query);
      return ok({ items: items.map(toChangeRequestView), nextCursor });
    },
  },
  {
    method: 'POST',
    path,
    summary: 'Ask for a change of what was verified; staff decide',
    description:
      'For the fields that `PATCH /v1/profile` answers 409 `profile.field.locked` for. One is open at a time.',
    tag,
    access: 'user',
    body: ChangeRequestInput,
    limits: [{ name: 'change-request', points: 10, windowSeconds: 86_400, by: 'user' }],
    idempotent: true,
    responses: { 201: ChangeRequestView },
    errors: ['profile.not_found', 'profile.field.not_locked', 'kyc.case.under_review', 'profile.change_request.open'],
    async handle(ctx, { actor, body }) {
      const request = await requestChange(ctx, actor, body);
      return created(toChangeRequestView(request), { location: `${path}/${request.id}` });
    },
  },
  {
    method: 'GET',
    path: `${path}/:id`,
    summary: 'One of the requests',
    tag,
    access: 'user',
    params: ChangeRequestParams,
    responses: { 200: ChangeRequestView },
    errors: ['profile.change_request.not_found'],
    handle: async (ctx, { actor, params }) => ok(toChangeRequestView(await getChangeRequest(ctx, actor, params))),
  },
  {
    method: 'POST',
    path: `${path}/:id/withdraw`,
    summary: 'Take a request back that nobody has decided on',
    tag,
    access: 'user',
    params: ChangeRequestParams,
    idempotent: true,
    responses: { 200: ChangeRequestView },
    errors: ['profile.change_request.not_found', 'profile.change_request.closed'],
    limits: [{ name: 'change-request-withdrawal', points: 60, windowSeconds: 3600, by: 'user' }],
    handle: async (ctx, { actor, params }) => ok(toChangeRequestView(await withdrawChangeRequest(ctx, actor, params))),
  },
]);
