import type { AccessClaims, Demand, Guard, Refused } from '@bank/verifier';
import { Code, ConnectError, createContextKey, type Interceptor } from '@connectrpc/connect';

/** Where a method finds the claims: `context.values.get(claimsKey)`. */
export const claimsKey = createContextKey<AccessClaims | undefined>(undefined, { description: 'access claims' });

const codes: Record<Refused['status'], Code> = {
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  503: Code.Unavailable,
};

/** Lets those calls pass that the guard admits; `demandOf` says what a method needs, by its name. */
export function authenticated(guard: Guard, demandOf: Readonly<Record<string, Demand>> = {}): Interceptor {
  return (next) => async (request) => {
    const { requestMethod: method, url, header: headers } = request;
    const admission = await guard.admit({ method, url, headers }, demandOf[request.method.name]);
    if (admission.kind === 'refused') {
      throw new ConnectError(admission.problem.detail, codes[admission.status], admission.headers);
    }
    request.contextValues.set(claimsKey, admission.claims);
    const response = await next(request);
    for (const [name, value] of Object.entries(admission.headers)) response.header.set(name, value);
    return response;
  };
}
