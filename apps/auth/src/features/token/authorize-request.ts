import type { AssuranceLevel, Permission } from '@bank/domain';
import { audiences, DomainError, hasPermission, meetsStepUp, parse, permissions } from '@bank/domain';
import { checkListener, type Listener } from '@bank/service-kit';
import { type AccessClaims, type BoundToken, boundToken, presentedToken } from '@bank/verifier';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { AudienceSchema } from '#features/token/audience-schema.ts';

/** What a gateway's configuration asks for. `maxAge` in seconds, since something that is more than a password (ADR 33). */
export const AuthorizeSchema = v.strictObject({
  audience: AudienceSchema,
  acr: v.optional(v.picklist(['aal1', 'aal2', 'aal3'])),
  maxAge: v.optional(v.pipe(v.string('integer'), v.regex(/^\d{1,7}$/, 'integer'), v.transform(Number))),
  permission: v.optional(v.picklist(permissions)),
  /** Of a yes; Envoy takes nothing but 200 for one. */
  status: v.optional(v.pipe(v.picklist(['200', '204']), v.transform(Number)), '204'),
});
type Demands = v.InferOutput<typeof AuthorizeSchema>;

/** A yes: who it is, and the status to say it with. */
export interface Authorized {
  claims: AccessClaims;
  status: number;
}

/** What a gateway tells of the request that it holds. */
export interface HeldRequest {
  readonly authorization: string | undefined;
  /** The proof of possession beside the token (RFC 9449 §4.1). */
  readonly proof: string | undefined;
  /** Method and target as the client sent them: of fields that the gateway always overwrites. */
  readonly method: string | undefined;
  readonly target: string | undefined;
  /** By which listener it came. */
  readonly listener: Listener;
}

/**
 * Decides for a gateway about a request that it holds (nginx `auth_request`, Envoy `ext_authz`). A proof of possession is used up.
 * @throws request.malformed when the gateway is configured wrongly, auth.token.missing, auth.token.invalid, auth.proof.invalid,
 * auth.proof.nonce_required, auth.step_up.required, access.forbidden, service.unavailable
 */
export async function authorizeRequest(ctx: AppContext, input: unknown, held: HeldRequest): Promise<Authorized> {
  const demands = readDemands(input);
  const presented = presentedToken(held.authorization);
  const claims = await ctx.verifier.verify(presented.token, { audience: demands.audience });
  checkListener(claims, held.listener);
  const bound = boundToken(presented, claims);
  if (bound !== undefined) await checkProof(ctx, held, bound);
  requirePermission(claims, demands.permission);
  requireStepUp(ctx, claims, demands);
  return { claims, status: demands.status };
}

async function checkProof(ctx: AppContext, held: HeldRequest, bound: BoundToken): Promise<void> {
  const { proof, method, target } = held;
  if (proof === undefined || method === undefined || target === undefined) {
    const reason = proof === undefined ? 'a key-bound token without proof' : 'the gateway tells no method or target';
    throw new DomainError('auth.proof.invalid', { reason });
  }
  await ctx.proofs.check(proof, { method, path: target, bound });
}

function readDemands(input: unknown): Demands {
  try {
    return parse(AuthorizeSchema, input);
  } catch (error) {
    throw new DomainError('request.malformed', { reason: 'parameters of the gateway', cause: error });
  }
}

function requirePermission(claims: AccessClaims, permission: Permission | undefined): void {
  if (permission === undefined) return;
  if (claims.aud === audiences.staff && hasPermission(claims.roles, permission)) return;
  throw new DomainError('access.forbidden', { reason: `lacks ${permission}` });
}

function requireStepUp(ctx: AppContext, claims: AccessClaims, { acr, maxAge, permission }: Demands): void {
  const level: AssuranceLevel = permission === undefined ? (acr ?? 'aal1') : strongest(acr);
  const authTime = new Date(claims.authTime * 1000);
  if (meetsStepUp({ ...claims, authTime }, { acr: level, maxAgeSeconds: maxAge }, ctx.clock.now())) return;
  const age = maxAge === undefined ? {} : { maxAgeSeconds: maxAge };
  throw new DomainError('auth.step_up.required', { reason: 'too weak or too old', details: { acr: level, ...age } });
}

/** A permission is never exercised below `aal2`, whatever the gateway asks for. */
function strongest(acr: AssuranceLevel | undefined): AssuranceLevel {
  return acr === 'aal3' ? 'aal3' : 'aal2';
}
