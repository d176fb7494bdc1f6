import { onceEach } from '@bank/database';
import { type CloudEvent, type Consumer, inBatches } from '@bank/messaging';
import { decodeEvent } from '@bank/proto/events';
import { AuditEntrySchema } from '@bank/proto/ledger';
import type { AppContext } from '#context.ts';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { fromEntryMessage } from '#transport/ledger-messages.ts';

const name = 'admin.audit-entry';

/** What any of the apps did goes into the ledger, once; what waits goes in together. */
export function auditEntryConsumer(ctx: AppContext): Consumer {
  return inBatches({
    name,
    queue: 'admin.audit',
    types: ['audit.entry_recorded.v1'],
    prefetch: 20, // of at most 25 entries each: two batches
    restMs: 200, // nobody waits for the ledger, and a batch costs hardly more than an entry
    async handleBatch(messages) {
      const entries = new Map(messages.map((message) => [message.id, entryOf(message)]));
      const applied = await onceEach(ctx, name, [...entries.keys()], (tx, fresh) =>
        appendEntries(
          tx,
          [...fresh].map((id) => entries.get(id)),
        ),
      );
      return messages.map(({ id }) => ({ applied: applied.has(id) }));
    },
  });
}

function entryOf(message: CloudEvent): object {
  const entry = decodeEvent(AuditEntrySchema, message.data);
  return { ...fromEntryMessage(entry), source: entry.source };
}
