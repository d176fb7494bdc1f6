import { AuthService } from '@bank/proto/auth';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import type { ActTarget } from '#adapters/auth/user-acts.ts';

/** Recoveries in `auth`, each with the token of who asks. Throws what `auth` answers, and service.unavailable. */
export interface RecoveryActs {
  /** The id of the recovery of a user that waits for staff. */
  waiting(userId: string): Promise<string>;
  approve(target: ActTarget & { readonly recoveryId: string; readonly approval: string }): Promise<void>;
}

/** Asks the auth service. */
export function createRecoveryActs(options: RpcClientOptions): RecoveryActs {
  const auth = createRpcClient(AuthService, options);
  return {
    async waiting(userId) {
      return (await auth.findRecovery({ userId }, forwardUser())).recoveryId;
    },
    async approve({ userId, recoveryId, noteId, approval }) {
      await auth.approveRecovery({ userId, recoveryId, noteId, approval }, forwardUser());
    },
  };
}
