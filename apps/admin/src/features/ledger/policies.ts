import { DomainError } from '@bank/domain';
import type { AuditSearch } from '#features/ledger/schemas.ts';

/** What narrows a search of the ledger. */
export type Criteria = Omit<AuditSearch, 'limit' | 'cursor'>;

const rangeDaysMax = 31;
const dayMs = 86_400_000;

/**
 * A search is for a subject, an actor, or a time of at most 31 days: nobody reads through everything.
 * @throws request.invalid
 */
export function checkCriteria({ subject, actorId, from, to }: Criteria): void {
  const days = from && to ? (to.getTime() - from.getTime()) / dayMs : undefined;
  if (days !== undefined && days < 0) throw refusal('to', 'after_from');
  const isNarrow = days !== undefined && days <= rangeDaysMax;
  if (subject === undefined && actorId === undefined && !isNarrow) throw refusal('from', 'range_31_days');
}

function refusal(path: string, rule: string): DomainError {
  return new DomainError('request.invalid', { details: { errors: [{ path, rule }] } });
}
