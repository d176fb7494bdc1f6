import { DomainError, type ErrorDetails } from '@bank/domain';
import { MfaService } from '@bank/proto/mfa';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import { noAnswerOf, personWaitsMs } from '#adapters/no-answer.ts';

/** What mfa asks of whoever changes what proves them: the rule is its own, and is not known here. */
export interface FactorRule {
  /**
   * What the session of the person who asks falls short of, as the step-up that would do; undefined where it does. How fresh the
   * session is the route demands. Throws service.unavailable when there is no answer, and what mfa has against the token.
   */
  missing(): Promise<ErrorDetails | undefined>;
}

/** Asks the mfa service. */
export function createFactorRule(options: RpcClientOptions): FactorRule {
  const mfa = createRpcClient(MfaService, { ...options, deadlineMs: personWaitsMs });
  return {
    async missing() {
      try {
        await mfa.checkFactorChange({}, forwardUser());
        return undefined;
      } catch (error) {
        if (!(error instanceof DomainError && error.isRefusal)) throw noAnswerOf('mfa', error);
        if (error.code === 'auth.step_up.required') return error.details;
        throw error;
      }
    },
  };
}
