import { decodeEvent } from '@bank/proto/events';
import { AuditEntrySchema } from '@bank/proto/ledger';
import { asCloudEvent, parseBody } from '#envelope/cloud-event.ts';
import { batchElements, isEventBatch } from '#envelope/event-batch.ts';

/** The type of entries that this release reads; of any other one a later release may. */
const knownType = 'audit.entry_recorded.v1';

/** Whether the body of a message for the ledger is an entry, has one in its batch, or may be or have one for another release. */
export function isReadableEntry(body: Buffer, contentType: unknown): boolean {
  try {
    return (isEventBatch(contentType) ? batchElements(body) : [parseBody(body)]).some(isEntry);
  } catch {
    return false;
  }
}

function isEntry(value: unknown): boolean {
  try {
    const { type, data } = asCloudEvent(value);
    if (type === knownType) decodeEvent(AuditEntrySchema, data);
    return true;
  } catch {
    return false;
  }
}
