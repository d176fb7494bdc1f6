import { defineRoutes, type HttpMethod, listenerOf, noContent, ok, type Route } from '@bank/service-kit';
import type { AccessClaims } from '@bank/verifier';
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

/** `OPTIONS` too: answered as a preflight, it would be a yes to everybody where a gateway takes any 2xx for one. */
const askedBy = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

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
  ...askedBy.map(authorizeRoute),
]);

/** The same for each method: a gateway may ask with the one that it was asked with. */
function authorizeRoute(method: HttpMethod): Route<AppContext> {
  return {
    method,
    path: '/authorize',
    summary: 'Decide about a request that a gateway holds',
    description:
      'Private: for nginx auth_request, Envoy ext_authz and their like. The parameters are written by the gateway; status=200 is for those that take 204 for a no.',
    tag: 'tokens',
    access: 'public',
    proof: 'examined',
    query: AuthorizeSchema,
    responses: { 200: v.object({}), 204: null },
    errors: [
      'request.malformed',
      'auth.token.missing',
      'auth.token.invalid',
      'auth.step_up.required',
      'access.forbidden',
      'service.unavailable',
    ],
    async handle(ctx, request) {
      const { claims, status } = await authorizeRequest(ctx, request.query, {
        authorization: request.header('authorization'),
        proof: request.header('dpop'),
        method: request.header('x-original-method'),
        target: request.header('x-original-uri'),
        listener: listenerOf(request),
      });
      const headers = identityHeaders(claims);
      return status === 200 ? ok({}, { headers }) : noContent({ headers });
    },
  };
}

/** Who it is, in the header fields that a gateway passes on and nobody else may set. */
function identityHeaders(claims: AccessClaims): Record<string, string> {
  return {
    'x-internal-user-id': claims.sub,
    'x-internal-session-id': claims.sid,
    'x-internal-device-id': claims.did ?? '',
    'x-internal-acr': claims.acr,
    'x-internal-amr': claims.amr.join(' '),
    'x-internal-roles': claims.roles.join(' '),
    'x-internal-auth-time': String(claims.authTime),
  };
}
