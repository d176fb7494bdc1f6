import { AdminService } from '@bank/proto/admin';
import { defineRpc } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { recordAudit } from '#features/ledger/record-audit.ts';
import { searchLedger } from '#features/ledger/search-ledger.ts';
import { fromEntryMessage, fromSearchMessage, toRecordMessage } from '#transport/ledger-messages.ts';

export const adminRpc = defineRpc<AppContext, typeof AdminService>(AdminService, {
  recordAudit: {
    access: 'service',
    async handle(ctx, request, call) {
      return { recordedCount: await recordAudit(ctx, call.actor, request.entries.map(fromEntryMessage)) };
    },
  },
  searchAudit: {
    access: 'staff',
    async handle(ctx, request, call) {
      const { items, nextCursor } = await searchLedger(ctx, call.actor, fromSearchMessage(request));
      return { records: items.map(toRecordMessage), nextCursor: nextCursor ?? '' };
    },
  },
});
