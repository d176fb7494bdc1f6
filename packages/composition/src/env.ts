import { baseEnv, envRpcUrl } from '@bank/service-kit';

/** The variables of every app but `auth`: the common ones, and where access tokens are issued. */
export const appEnv = {
  ...baseEnv,
  /** Where the public keys of access tokens are, and where a process that missed a revocation asks for it. */
  AUTH_RPC_URL: envRpcUrl,
} as const;
