import { defineRoutes, noContent, ok } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { listPublicKeys } from '#features/signing-key/list-public-keys.ts';
import { keysMaxAgeSeconds } from '#features/signing-key/policies.ts';
import { AuthorizeSchema, authorizeRequest } from '#features/token/authorize-request.ts';

const JwkSchema = v.object({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: v.string(),
  y: v.string(),
  kid: v.string(),
  alg: v.literal('ES256'),
  use: v.literal('sig'),
});

export const tokenRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'Public keys of the token issuer',
    tag: 'tokens',
    access: 'public',
    responses: { 200: v.object({ keys: v.array(JwkSchema) }) },
    errors: ['service.unavailable'],
    cacheable: true,
    async handle(ctx) {
      return ok(listPublicKeys(ctx.keyRing), { headers: { 'cache-control': `public, max-age=${keysMaxAgeSeconds}` } });
    },
  },
  {
    method: 'GET',
    path: '/authorize',
    summary: 'Decide about a request that a gateway holds',
    description: 'Private: for nginx auth_request and Envoy ext_authz. The parameters are written by the gateway.',
    tag: 'tokens',
    access: 'public',
    query: AuthorizeSchema,
    responses: { 204: null },
    errors: [
      'request.malformed',
      'auth.token.missing',
      'auth.token.invalid',
      'auth.step_up.required',
      'access.forbidden',
      'service.unavailable',
    ],
    async handle(ctx, request) {
      const claims = await authorizeRequest(ctx, request.query, request.header('authorization'));
      return noContent({
        headers: {
          'x-internal-user-id': claims.sub,
          'x-internal-session-id': claims.sid,
          'x-internal-device-id': claims.did ?? '',
          'x-internal-acr': claims.acr,
          'x-internal-amr': claims.amr.join(' '),
          'x-internal-roles': claims.roles.join(' '),
          'x-internal-auth-time': String(claims.authTime),
        },
      });
    },
  },
]);
