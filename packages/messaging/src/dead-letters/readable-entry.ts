import { decodeEvent } from '@bank/proto/events';
import { AuditEntrySchema } from '@bank/proto/ledger';
import type { Message } from 'amqplib';
import { type Part, partsOf } from '#consume/parts.ts';

/** The type of entries that this release reads; of any other one a later release may. */
const knownType = 'audit.entry_recorded.v1';

/** Whether a message for the ledger is an entry, has one in its batch, or may be or have one for another release. */
export function isReadableEntry(message: Message): boolean {
  return partsOf(message).some(isEntry);
}

function isEntry(part: Part): boolean {
  try {
    const { type, data } = part.event();
    if (type === knownType) decodeEvent(AuditEntrySchema, data);
    return true;
  } catch {
    return false;
  }
}
