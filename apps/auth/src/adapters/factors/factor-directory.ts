import { MfaService } from '@bank/proto/mfa';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { factorTypeName } from '#adapters/factors/factor-type.ts';

/** A confirmed second factor, without anything secret. */
export interface Factor {
  id: string;
  type: string;
  hint: string;
}

/** Knows which second factors people have. */
export interface FactorDirectory {
  /** The factors of a user, none for a user who does not exist; undefined when there is no answer in time. */
  list(userId: string): Promise<readonly Factor[] | undefined>;
}

/** How long a sign-in waits for mfa, in milliseconds: without an answer it is refused (ADR 34). */
const budgetMs = 1000;

/** Asks the mfa service. */
export function createFactorDirectory(options: RpcClientOptions<typeof MfaService>): FactorDirectory {
  const mfa = createRpcClient(MfaService, { ...options, deadlineMs: budgetMs });
  return {
    async list(userId) {
      try {
        const { factors } = await mfa.listFactors({ userId });
        return factors.map(({ factorId, type, hint }) => ({ id: factorId, type: factorTypeName(type), hint }));
      } catch (err) {
        options.logger?.warn({ err, dependency: 'mfa' }, 'factors are not known in time');
        return undefined;
      }
    },
  };
}
