import { defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { AuditSearch, LedgerPage } from '#features/ledger/schemas.ts';
import { searchLedger } from '#features/ledger/search-ledger.ts';

export const ledgerRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/admin/audit',
    summary: 'Search the audit ledger; the search is recorded',
    tag: 'audit',
    access: { permission: 'audit.read' },
    query: AuditSearch,
    responses: { 200: LedgerPage },
    errors: ['request.invalid'],
    handle: async (ctx, request) => ok(await searchLedger(ctx, request.actor, request.query)),
  },
]);
