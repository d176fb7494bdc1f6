import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, idFloor, parse, requireUser } from '@bank/domain';
import { type Page, pageOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { AuditSearch } from '#features/ledger/schemas.ts';
import { type LedgerRecord, toRecord } from '#features/ledger/view.ts';

const rangeDaysMax = 31;
const dayMs = 86_400_000;

/**
 * Searches the ledger for staff; the search itself is recorded, and nothing is shown if it cannot be. Needs a subject,
 * an actor, or a time range of at most 31 days.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid
 */
export async function searchLedger(ctx: AppContext, actor: Actor, input: unknown): Promise<Page<LedgerRecord>> {
  const who = allow.permission(actor, 'audit.read');
  const { userId } = requireUser(actor);
  const { limit, cursor, from, to, ...search } = parse(AuditSearch, input);
  if (search.subject === undefined && search.actorId === undefined) requireRange(from, to);
  const context = `ledger:${userId}`;
  const before = cursor === undefined ? undefined : String(ctx.cursors.decode(cursor, context)['id']);

  return withTransaction(ctx, { who, audits: ['audit.searched'] }, async (tx) => {
    const found = await tx.ledger.search({
      ...search,
      idFrom: from === undefined ? undefined : idFloor(new Date(from)),
      idTo: to === undefined ? undefined : idFloor(new Date(to)),
      before,
      limit: limit + 1,
    });
    await tx.audit({ action: 'audit.searched', subject: search.subject ?? userId, outcome: 'success' });
    return pageOf(found.map(toRecord), limit, (last) => ctx.cursors.encode({ id: last.entry.id }, context));
  });
}

function requireRange(from: string | undefined, to: string | undefined): void {
  const isNarrow = from !== undefined && to !== undefined && Date.parse(to) - Date.parse(from) <= rangeDaysMax * dayMs;
  if (!isNarrow) {
    throw new DomainError('request.invalid', { details: { errors: [{ path: 'from', rule: 'range_31_days' }] } });
  }
}
