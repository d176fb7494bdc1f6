import { defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { UserParams } from '#features/act/schemas.ts';
import { FoundUsers, FullUserView, UnmaskingView, UnmaskRequest, UserSearch } from '#features/user/schemas.ts';
import { searchUsers } from '#features/user/search-users.ts';
import { unmaskUser } from '#features/user/unmask-user.ts';
import { toFullUserView, toUnmaskingView } from '#features/user/view.ts';
import { viewUser } from '#features/user/view-user.ts';
import { freshStepUp } from '#transport/http/fresh-step-up.ts';

const tag = 'users';

export const userRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/admin/users/search',
    summary:
      'Find users by exactly one of email, phone, id, status, and name with date of birth; the search is recorded',
    description:
      'All words of `name` have to fit, in any order; one that ends with `*` after three letters or more is a beginning. `dateOfBirth` needs a whole word of the name beside it. One person has 60 searches by name an hour, pages included. A page by name may be shorter than asked for, or empty, and another follow: the last one has no `nextCursor`.',
    tag,
    access: { permission: 'users.search' },
    body: UserSearch,
    responses: { 200: FoundUsers },
    errors: ['service.overloaded'],
    limits: [{ name: 'user-search', points: 120, windowSeconds: 60, by: 'user' }],
    handle: async (ctx, request) => ok(await searchUsers(ctx, request.actor, request.body)),
  },
  {
    method: 'GET',
    path: '/v1/admin/users/:id',
    summary: 'Everything about one user, masked but for what was unmasked; the view is recorded',
    description: 'A part whose app is away is null and named in `unavailable`.',
    tag,
    access: { permission: 'users.read' },
    params: UserParams,
    responses: { 200: FullUserView },
    errors: ['user.not_found', 'service.overloaded'],
    limits: [{ name: 'user-view', points: 120, windowSeconds: 60, by: 'user' }],
    handle: async (ctx, request) => ok(toFullUserView(await viewUser(ctx, request.actor, request.params))),
  },
  {
    method: 'POST',
    path: '/v1/admin/users/:id/unmask',
    summary: 'See fields of a user in full for 15 minutes, with a reason',
    tag,
    access: { permission: 'users.unmask' },
    stepUp: freshStepUp,
    params: UserParams,
    body: UnmaskRequest,
    responses: { 200: UnmaskingView },
    errors: ['user.not_found', 'service.overloaded'],
    limits: [{ name: 'user-unmask', points: 30, windowSeconds: 3600, by: 'user' }],
    idempotent: true,
    handle: async (ctx, request) => ok(toUnmaskingView(await unmaskUser(ctx, request.actor, request))),
  },
]);
