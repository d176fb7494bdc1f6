import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { type Criteria, checkCriteria } from '#features/ledger/policies.ts';
import { AuditSearch } from '#features/ledger/schemas.ts';
import { type LedgerRecord, toRecord } from '#features/ledger/view.ts';

/**
 * Searches the ledger for staff; the search itself is recorded, and nothing is shown if it cannot be. Needs a subject,
 * an actor, or a time range of at most 31 days.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid
 */
export async function searchLedger(ctx: AppContext, actor: Actor, input: unknown): Promise<Page<LedgerRecord>> {
  const who = allow.permission(actor, 'audit.read');
  const { userId } = requireUser(actor);
  const { limit, cursor, ...criteria } = parse(AuditSearch, input);
  checkCriteria(criteria);
  const details = toDetails(criteria);
  const context = `ledger:${userId}:${JSON.stringify(details)}`;
  const before = cursor === undefined ? undefined : String(ctx.cursors.decode(cursor, context)['id']);

  return withTransaction(ctx, { who, audits: ['audit.searched'] }, async (tx) => {
    const found = await tx.ledger.search({ ...criteria, before, limit: limit + 1 });
    await tx.audit({ action: 'audit.searched', subject: criteria.subject ?? userId, outcome: 'success', details });
    return pageOf(found.map(toRecord), limit, (last) => ctx.cursors.encode({ id: last.entry.id }, context));
  });
}

/** What was searched for, as the ledger keeps it. */
function toDetails(criteria: Criteria): Record<string, string> {
  const given = Object.entries(criteria).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return Object.fromEntries(given.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]));
}
