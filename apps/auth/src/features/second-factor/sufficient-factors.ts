import { DomainError } from '@bank/domain';
import type { Factor } from '#adapters/factors/factor-directory.ts';
import { suffices } from '#features/second-factor/sufficiency.ts';

/**
 * Of what mfa answered, the factors that are good enough for an audience. Without an answer nobody is taken for somebody who
 * has none. @throws service.unavailable
 */
export function sufficientFactors(enrolled: readonly Factor[] | undefined, audience: string): readonly Factor[] {
  if (enrolled === undefined) {
    throw new DomainError('service.unavailable', { reason: 'mfa did not answer', details: { retryAfterSeconds: 2 } });
  }
  return enrolled.filter(({ type }) => suffices(audience, type));
}
