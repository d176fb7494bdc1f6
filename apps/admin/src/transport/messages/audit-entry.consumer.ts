import { once } from '@bank/database';
import type { Consumer } from '@bank/messaging';
import { decodeEvent } from '@bank/proto/events';
import { AuditEntrySchema } from '@bank/proto/ledger';
import type { AppContext } from '#context.ts';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { fromEntryMessage } from '#transport/ledger-messages.ts';

const name = 'admin.audit-entry';

/** What any of the apps did goes into the ledger, once. */
export function auditEntryConsumer(ctx: AppContext): Consumer {
  return {
    name,
    queue: 'admin.audit',
    types: ['audit.entry_recorded.v1'],
    async handle(message) {
      const entry = decodeEvent(AuditEntrySchema, message.data);
      await once(ctx, name, message.id, (tx) =>
        appendEntries(tx, [{ ...fromEntryMessage(entry), source: entry.source }]),
      );
    },
  };
}
