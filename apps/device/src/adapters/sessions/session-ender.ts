import { DomainError, type UserId } from '@bank/domain';
import { AuthService, SessionEndReason } from '@bank/proto/auth';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';

/** Ends sessions, which are auth's, in the name of the person who asks. */
export interface SessionEnder {
  /**
   * Ends the person's own sessions on a device that goes away; none there is no error.
   * @throws auth.token.invalid when his own session has ended meanwhile, service.unavailable when there is no answer
   */
  endOn(userId: UserId, deviceId: string): Promise<void>;
}

/** How long a person waits for auth, in milliseconds. */
const budgetMs = 2000;
const retryAfterSeconds = 2;

/** Asks the auth service. */
export function createSessionEnder(options: RpcClientOptions<typeof AuthService>): SessionEnder {
  const auth = createRpcClient(AuthService, { ...options, deadlineMs: budgetMs });
  return {
    async endOn(userId, deviceId) {
      const scope = { case: 'deviceId', value: deviceId } as const;
      try {
        await auth.revokeSessions({ userId, scope, reason: SessionEndReason.DEVICE_REMOVED }, forwardUser());
      } catch (error) {
        if (error instanceof DomainError && error.code === 'auth.token.invalid') throw error;
        const reason = 'auth did not end the sessions';
        throw new DomainError('service.unavailable', { reason, details: { retryAfterSeconds }, cause: error });
      }
    },
  };
}
