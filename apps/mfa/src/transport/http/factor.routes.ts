import { defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { listOwnFactors } from '#features/factor/list-factors.ts';
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
    async handle(ctx, request) {
      const factors = await listOwnFactors(ctx, request.actor);
      const items = factors.map(({ id, type, confirmedAt, lastUsedAt }) => ({
        id,
        type,
        confirmedAt: confirmedAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
      }));
      return ok({ items, nextCursor: null });
    },
  },
]);
