import { defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { listOwnFactors } from '#features/factor/list-own-factors.ts';
import { FactorList } from '#features/factor/schemas.ts';

export const factorRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/mfa/factors',
    summary: 'The second factors of the signed-in user, never their secrets',
    tag: 'mfa',
    access: 'user',
    responses: { 200: FactorList },
    errors: [],
    // A user has few factors: the list has one page.
    handle: async (ctx, request) => ok({ items: await listOwnFactors(ctx, request.actor), nextCursor: null }),
  },
]);
