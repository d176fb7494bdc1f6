import { MfaService } from '@bank/proto/mfa';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import type { ActTarget } from '#adapters/auth/user-acts.ts';

/** Removes all factors of a user, by an approval. Throws what `mfa` answers, and service.unavailable. */
export type ResetFactors = (target: ActTarget & { readonly approval: string }) => Promise<void>;

/** Asks the mfa service. */
export function createFactorReset(options: RpcClientOptions): ResetFactors {
  const mfa = createRpcClient(MfaService, options);
  return async ({ userId, noteId, approval }) => {
    await mfa.resetFactors({ userId, noteId, approval }, forwardUser());
  };
}
