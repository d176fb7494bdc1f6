import { audiences } from '@bank/domain';
import { defineRoutes, etagOf, noContent, ok, versionOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { changeFactor } from '#features/factor/change-factor.ts';
import { getFactor } from '#features/factor/get-factor.ts';
import { listOwnFactors } from '#features/factor/list-own-factors.ts';
import { freshSeconds } from '#features/factor/policies.ts';
import { removeFactor } from '#features/factor/remove-factor.ts';
import { FactorList, FactorParams, FactorPatch, FactorQuery, FactorView } from '#features/factor/schemas.ts';
import { toFactorView } from '#features/factor/view.ts';
import { removalLimits } from '#transport/http/change-limits.ts';

const tag = 'mfa';

export const factorRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/mfa/factors',
    summary: 'The second factors of the signed-in user, never their secrets',
    tag,
    access: 'user',
    audiences: Object.values(audiences),
    query: FactorQuery,
    responses: { 200: FactorList },
    errors: [],
    // A user has few factors: the list has one page.
    handle: async (ctx, { actor, query }) => ok({ items: await listOwnFactors(ctx, actor, query), nextCursor: null }),
  },
  {
    method: 'GET',
    path: '/v1/mfa/factors/:id',
    summary: 'One of the second factors',
    tag,
    access: 'user',
    params: FactorParams,
    etag: true,
    responses: { 200: FactorView },
    errors: ['factor.not_found'],
    async handle(ctx, request) {
      const factor = await getFactor(ctx, request.actor, request.params);
      return ok(toFactorView(factor), { etag: etagOf(factor.version) });
    },
  },
  {
    method: 'PATCH',
    path: '/v1/mfa/factors/:id',
    summary: 'Rename a factor, or have it asked for first (JSON Merge Patch); needs If-Match',
    description: 'At the level that the factors give, as fresh as for adding one.',
    tag,
    access: 'user',
    stepUp: { acr: 'aal1', maxAgeSeconds: freshSeconds },
    ifMatch: 'required',
    // Told in mails of a kind of their own, which keep back no others.
    limits: [{ name: 'factor-change', points: 60, windowSeconds: 3600, by: 'user' }],
    params: FactorParams,
    body: FactorPatch,
    etag: true,
    responses: { 200: FactorView },
    errors: ['factor.not_found'],
    async handle(ctx, request) {
      const { actor, params, body: patch } = request;
      const factor = await changeFactor(ctx, actor, { params, version: versionOf(request), patch });
      return ok(toFactorView(factor), { etag: etagOf(factor.version) });
    },
  },
  {
    method: 'DELETE',
    path: '/v1/mfa/factors/:id',
    summary: 'Remove a factor; needs a fresh sign-in at the level that the factors give, and If-Match',
    tag,
    access: 'user',
    stepUp: { acr: 'aal1', maxAgeSeconds: freshSeconds },
    ifMatch: 'required',
    limits: removalLimits,
    params: FactorParams,
    responses: { 204: null },
    errors: ['factor.not_found', 'factor.last_strong'],
    async handle(ctx, request) {
      const { actor, params } = request;
      await removeFactor(ctx, actor, { params, version: versionOf(request) });
      return noContent();
    },
  },
]);
