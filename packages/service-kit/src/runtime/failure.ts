import { DomainError, withDeadline } from '@bank/domain';

const networkErrors: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const causesMax = 5;

/**
 * The failure that a thrown value stands for: itself when it is one of ours, a dependency that is away when a network
 * error is at the bottom of it, otherwise an error of our own making. The value stays as the cause, for the log.
 */
export function asDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) {
    return thrown;
  }
  if (isNetworkError(thrown)) {
    return new DomainError('service.unavailable', { reason: 'a dependency cannot be reached', cause: thrown });
  }
  return new DomainError('service.internal', { cause: thrown });
}

/** Whether a network error is at the bottom of it. */
export function isNetworkError(thrown: unknown): boolean {
  let error = thrown;
  for (let depth = 0; depth < causesMax && error instanceof Error; depth += 1) {
    if ('code' in error && typeof error.code === 'string' && networkErrors.has(error.code)) {
      return true;
    }
    error = error.cause;
  }
  return false;
}

/**
 * The work's outcome, or `service.deadline` when it takes longer. The work itself goes on; its outcome is then ignored.
 */
export function withinTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return withDeadline(work, timeoutMs, () => new DomainError('service.deadline'));
}
