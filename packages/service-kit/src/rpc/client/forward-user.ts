import { DomainError } from '@bank/domain';
import type { CallOptions } from '@connectrpc/connect';
import { userProofHeader, userTokenHeader } from '#rpc/server/gate.ts';
import { currentScope } from '#runtime/request-scope.ts';

/**
 * Call options that hand on the token of the person whose request is running, with the proof that came with a bound one, for methods whose access is `user` or
 * `staff`: `client.revokeSessions(request, forwardUser())`. Never sent unless asked for.
 * @throws auth.token.missing where no person is asking
 */
export function forwardUser(): CallOptions {
  const credential = currentScope()?.credential;
  if (credential === undefined) {
    throw new DomainError('auth.token.missing', { reason: 'no person behind this call' });
  }
  const { token, proof } = credential;
  return { headers: { [userTokenHeader]: token, ...(proof === undefined ? {} : { [userProofHeader]: proof }) } };
}
