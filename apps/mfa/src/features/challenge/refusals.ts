import { DomainError } from '@bank/domain';

/** Too many wrong answers: the next one is taken at `until`. */
export function tooManyTries(until: Date, now: Date): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
  return new DomainError('auth.second_factor.locked', { reason: 'tries used up', details: { retryAfterSeconds } });
}
