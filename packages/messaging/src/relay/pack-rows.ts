import { batchBody, eventBatchMediaType, eventBatchOverheadBytes } from '#envelope/event-batch.ts';
import type { OutgoingMessage } from '#publish/outgoing-message.ts';
import type { OutboxRow } from '#relay/outbox-store.ts';
import { outgoingRow } from '#relay/outgoing-row.ts';
import { type Destination, topology } from '#topology/topology.ts';

/** A message and the rows that it tells of: where it is confirmed all of them are, and otherwise none. */
export interface Parcel {
  readonly message: OutgoingMessage;
  readonly ids: readonly string[];
}

/** Bytes of a body that more than one row goes into. */
const bodyBytesMax = 256 * 1024;

/**
 * What leaves for the rows of a claim, in their order: each by itself, or up to `batchMax` of its destination in one message, whose id
 * and type are those of the first.
 */
export function packRows(rows: readonly OutboxRow[], service: string): Parcel[] {
  const packs: OutgoingMessage[][] = [];
  const open = new Map<Destination, { readonly pack: OutgoingMessage[]; bytes: number }>();
  for (const row of rows) {
    const single = outgoingRow(row, service);
    const bytes = single.body.length + eventBatchOverheadBytes;
    const last = open.get(row.destination);
    const { batchMax = 1 } = topology.destinations[row.destination];
    if (last !== undefined && last.pack.length < batchMax && last.bytes + bytes <= bodyBytesMax) {
      last.pack.push(single);
      last.bytes += bytes;
    } else {
      const pack = [single];
      packs.push(pack);
      open.set(row.destination, { pack, bytes });
    }
  }
  return packs.map((pack) => ({ message: inOneMessage(pack), ids: pack.map(({ id }) => id) }));
}

// Each event has its trace and its request in itself.
function inOneMessage(pack: readonly OutgoingMessage[]): OutgoingMessage {
  const [first, ...others] = pack as [OutgoingMessage, ...OutgoingMessage[]];
  if (others.length === 0) return first;
  return {
    ...first,
    contentType: eventBatchMediaType,
    body: batchBody(pack.map(({ body }) => body)),
    headers: {},
  };
}
