import { accepted, defineRoutes, ok } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { AuditSearch, LedgerPage, VerificationView } from '#features/ledger/schemas.ts';
import { searchLedger } from '#features/ledger/search-ledger.ts';
import { verifyAudit } from '#features/ledger/verify-audit.ts';

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
  {
    method: 'GET',
    path: '/v1/admin/audit/verify',
    summary: 'Verify the last entries of the ledger against its signed checkpoints; 202 while it runs',
    tag: 'audit',
    access: { permission: 'audit.read' },
    responses: { 200: VerificationView, 202: VerificationView },
    errors: [],
    async handle(ctx, request) {
      const verification = await verifyAudit(ctx, request.actor);
      return verification.state === 'running' ? accepted(verification) : ok(verification);
    },
  },
]);
