import { DomainError } from '@bank/domain';
import type { ProofVerdict, StartedFactor } from '#adapters/factors/factor-challenges.ts';

type Refusal = Exclude<ProofVerdict, { kind: 'accepted' }> | Exclude<StartedFactor, { kind: 'started' }>;

/** What a refusal of mfa says to the client; `gone` is the answer for what is over or never was. */
export function refusalOf(refusal: Refusal, gone: 'auth.login.invalid' | 'challenge.not_found' | 'factor.not_found') {
  switch (refusal.kind) {
    case 'locked': {
      const details = { retryAfterSeconds: refusal.retryAfterSeconds };
      return new DomainError('auth.second_factor.locked', { reason: refusal.kind, details });
    }
    case 'wrong':
      return 'isClockOff' in refusal
        ? new DomainError('auth.second_factor.clock_off')
        : new DomainError('auth.second_factor.invalid', { reason: refusal.kind });
    case 'closed':
    case 'unknown':
      return new DomainError(gone, { reason: refusal.kind });
  }
}
