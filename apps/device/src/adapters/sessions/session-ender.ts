import type { UserId } from '@bank/domain';
import { AuthService, SessionEndReason } from '@bank/proto/auth';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';

/** Ends sessions, which are auth's, in the name of the person who asks. */
export interface SessionEnder {
  /**
   * Has the person's own sessions on a device that is gone end at once; none there is no error. Where auth does not answer
   * nothing is lost: it ends them when it hears of the removal.
   */
  endOn(userId: UserId, deviceId: string): Promise<void>;
}

/** How long a person waits for auth, in milliseconds. */
const budgetMs = 2000;

/** Asks the auth service. */
export function createSessionEnder(options: RpcClientOptions): SessionEnder {
  const auth = createRpcClient(AuthService, { ...options, deadlineMs: budgetMs });
  return {
    async endOn(userId, deviceId) {
      const scope = { case: 'deviceId', value: deviceId } as const;
      try {
        await auth.revokeSessions({ userId, scope, reason: SessionEndReason.DEVICE_REMOVED }, forwardUser());
      } catch (err) {
        options.logger?.warn(
          { err, dependency: 'auth', deviceId },
          'the sessions of a removed device end by the event',
        );
      }
    },
  };
}
