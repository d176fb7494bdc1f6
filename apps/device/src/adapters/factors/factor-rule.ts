import { DomainError } from '@bank/domain';
import { MfaService } from '@bank/proto/mfa';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';

/** What mfa asks of whoever changes what proves them: the rule is its own, and is not known here. */
export interface FactorRule {
  /**
   * Has mfa judge the session of the person who asks. How fresh it is the route demands.
   * @throws auth.step_up.required with what would do, auth.token.invalid, service.unavailable when there is no answer
   */
  requireMet(): Promise<void>;
}

/** How long a person waits for mfa, in milliseconds. */
const budgetMs = 2000;
const retryAfterSeconds = 2;

/** Asks the mfa service. */
export function createFactorRule(options: RpcClientOptions): FactorRule {
  const mfa = createRpcClient(MfaService, { ...options, deadlineMs: budgetMs });
  return {
    async requireMet() {
      try {
        await mfa.checkFactorChange({}, forwardUser());
      } catch (error) {
        if (error instanceof DomainError && error.isRefusal) throw error;
        const reason = 'mfa did not say what the factors ask for';
        throw new DomainError('service.unavailable', { reason, details: { retryAfterSeconds }, cause: error });
      }
    },
  };
}
