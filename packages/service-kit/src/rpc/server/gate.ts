import type { UserActor } from '@bank/domain';
import { audiences, countingRoles, DomainError } from '@bank/domain';
import { requestContext } from '@bank/observability';
import type { ProofChecker } from '@bank/verifier';
import type { HandlerContext } from '@connectrpc/connect';
import { type TokenVerifier, userActor } from '#http/guards/authentication.ts';
import { methodName, type RpcAccess } from '#rpc/define-rpc.ts';
import { toConnectError } from '#rpc/error-map.ts';
import type { Caller, CallerTable } from '#rpc/server/callers.ts';
import { callKey, type ServerCall } from '#rpc/server/server-call.ts';
import { asDomainError } from '#runtime/failure.ts';
import { RequestScope, type UserCredential } from '#runtime/request-scope.ts';

export const userTokenHeader = 'bank-user-token';
export const userProofHeader = 'bank-user-proof';

export interface GateOptions {
  readonly callers: CallerTable;
  readonly verifier: TokenVerifier | undefined;
  readonly proofs: ProofChecker | undefined;
  /** Undefined for what any certificate of our authority may call. */
  accessOf(rpc: string): RpcAccess | undefined;
}

/**
 * Decides on a call before a byte of its message is read: the certificate must be listed for the method, and where a
 * person decides, their token must verify for an audience that this caller may forward (SR-67, SR-68).
 */
export function createGate(options: GateOptions): (context: HandlerContext) => Promise<void> {
  return async (context) => {
    const call = context.values.get(callKey);
    if (call === undefined) {
      throw toConnectError(new DomainError('service.internal', { reason: 'a call without its record' }));
    }
    const { requestHeader } = context;
    const timeoutMs = context.timeoutMs();
    const scope = new RequestScope({
      requestId: requestHeader.get('x-request-id') ?? undefined,
      traceparent: requestHeader.get('traceparent') ?? undefined,
      deadlineAt: timeoutMs === undefined ? undefined : Date.now() + timeoutMs,
    });
    call.scope = scope;
    await requestContext.run(scope, async () => {
      try {
        await identify(call, scope, context, options);
      } catch (error) {
        const failure = asDomainError(error);
        await call.fail(failure);
        throw toConnectError(failure);
      }
    });
  };
}

async function identify(
  call: ServerCall,
  scope: RequestScope,
  { method, requestHeader }: HandlerContext,
  options: GateOptions,
): Promise<void> {
  const { accessOf, callers } = options;
  const name = methodName(method);
  const access = accessOf(name);
  if (access === undefined) {
    return;
  }
  call.actor = { kind: 'service', name: callers.nameOf(call.peerUri) };
  call.authorise = () => callers.authorise(call.peerUri, name);
  const caller = call.authorise();
  call.caller = caller.name;
  if (access === 'service') {
    scope.identify(call.actor);
    return;
  }
  const token = requestHeader.get(userTokenHeader);
  if (token === null) {
    throw new DomainError('auth.token.missing', { reason: 'no user token was forwarded' });
  }
  const credential = { token, proof: requestHeader.get(userProofHeader) ?? undefined };
  call.actor = await personOf(credential, caller, options);
  scope.identify(call.actor, credential);
  if (access === 'staff' && !isStaff(call.actor)) {
    throw new DomainError('access.forbidden', { reason: 'a method for staff' });
  }
}

/**
 * The person of a forwarded token. One bound to a key is good with the proof of the request that the caller received: the caller
 * has used that up, and whoever got hold of the token alone can have nothing done by way of us either (SR-60, ADR 15).
 */
async function personOf(
  { token, proof }: UserCredential,
  caller: Caller,
  { verifier, proofs }: GateOptions,
): Promise<UserActor> {
  if (verifier === undefined) {
    throw new DomainError('service.internal', { reason: 'a method for people without a verifier' });
  }
  const claims = await verifier.verify(token);
  if (!caller.audiences.includes(claims.aud)) {
    throw new DomainError('auth.token.invalid', { reason: `${caller.name} may not forward this audience` });
  }
  if (claims.cnf !== undefined) {
    if (proof === undefined || proofs === undefined) {
      throw new DomainError('auth.proof.invalid', { reason: 'a key-bound token was forwarded without its proof' });
    }
    proofs.checkForwarded(proof, { accessToken: token, jkt: claims.cnf.jkt });
  }
  return userActor(claims);
}

/** A customer's token stays one, whatever else its holder is to the bank. */
function isStaff({ audience, roles }: UserActor): boolean {
  return audience === audiences.staff && countingRoles(audience, roles).length > 0;
}
