import { MfaService } from '@bank/proto/mfa';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';

/**
 * Removes all factors and recovery codes of a user whose recovery is due, once for a recovery. Throws service.unavailable, and
 * what `mfa` answers.
 */
export type RemoveFactors = (due: { userId: string; recoveryId: string }) => Promise<void>;

/** How long `mfa` may take, in milliseconds: nobody waits for it. */
const budgetMs = 10_000;

/** Asks the mfa service. */
export function createFactorRemoval(options: RpcClientOptions): RemoveFactors {
  const mfa = createRpcClient(MfaService, { ...options, deadlineMs: budgetMs });
  return async ({ userId, recoveryId }) => {
    await mfa.removeFactors({ userId, recoveryId });
  };
}
