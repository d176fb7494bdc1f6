import { decodeEvent } from '@bank/proto/events';
import { AuditEntrySchema } from '@bank/proto/ledger';
import { parseCloudEvent } from '#envelope/cloud-event.ts';

/** The type of entries that this release reads; of any other one a later release may. */
const knownType = 'audit.entry_recorded.v1';

/** Whether the body of a message for the ledger is an entry, or may be one for another release. */
export function isReadableEntry(body: Buffer): boolean {
  try {
    const { type, data } = parseCloudEvent(body);
    if (type === knownType) decodeEvent(AuditEntrySchema, data);
    return true;
  } catch {
    return false;
  }
}
