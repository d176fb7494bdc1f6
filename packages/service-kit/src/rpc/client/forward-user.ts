import { DomainError } from '@bank/domain';
import type { CallOptions } from '@connectrpc/connect';
import { userTokenHeader } from '#rpc/server/gate.ts';
import { currentScope } from '#runtime/request-scope.ts';

/**
 * Call options that hand on the token of the person whose request is running, for methods whose access is `user` or
 * `staff`: `client.revokeSessions(request, forwardUser())`. Never sent unless asked for.
 * @throws auth.token.missing where no person is asking
 */
export function forwardUser(): CallOptions {
  const token = currentScope()?.userToken;
  if (token === undefined) {
    throw new DomainError('auth.token.missing', { reason: 'no person behind this call' });
  }
  return { headers: { [userTokenHeader]: token } };
}
