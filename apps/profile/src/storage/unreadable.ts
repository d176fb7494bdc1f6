import { DomainError } from '@bank/domain';
import { SealBroken } from '@bank/security';

/** Until somebody has looked into a record that does not open: it does not heal by itself. */
const repairSeconds = 3600;

/** What is thrown where a sealed record does not open. Other failures stay what they are. */
export function unreadable(what: string, cause: unknown): unknown {
  if (!(cause instanceof SealBroken)) return cause;
  const reason = `${what} does not open: damaged, or moved from another row (SR-84)`;
  return new DomainError('profile.unreadable', { reason, details: { retryAfterSeconds: repairSeconds }, cause });
}
