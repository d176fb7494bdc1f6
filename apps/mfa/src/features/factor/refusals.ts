import { DomainError } from '@bank/domain';

/** What is refused now and taken at `notBefore`. */
export function tooSoon(reason: string, notBefore: Date, now: Date): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil((notBefore.getTime() - now.getTime()) / 1000));
  return new DomainError('request.rate_limited', { reason, details: { retryAfterSeconds } });
}
