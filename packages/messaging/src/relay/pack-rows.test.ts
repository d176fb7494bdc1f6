import { expect, it } from 'vitest';
import { eventsOf } from '#envelope/event-batch.ts';
import type { OutboxRow } from '#relay/outbox-store.ts';
import { outgoingRow } from '#relay/outgoing-row.ts';
import { type Parcel, packRows } from '#relay/pack-rows.ts';
import { topology } from '#topology/topology.ts';

const batchMax = topology.destinations.audit.batchMax ?? 0;
const batch = 'application/cloudevents-batch+json; charset=utf-8';
let made = 0;

function rows(count: number, changes: Partial<OutboxRow> = {}): OutboxRow[] {
  return Array.from({ length: count }, () => {
    made += 1;
    return {
      id: `id-${made}`,
      destination: 'audit',
      type: 'audit.entry_recorded.v1',
      subject: 's',
      sequence: null,
      dataschema: 'proto:bank.ledger.v1.AuditEntry',
      data: { entryId: `id-${made}` },
      requestId: 'request-1',
      traceparent: `00-${String(made).padStart(32, '0')}-b7ad6b7169203331-01`,
      createdAt: new Date('2026-01-02T03:04:05.678Z'),
      ...changes,
    };
  });
}

const idsOf = (of: readonly OutboxRow[]) => of.map(({ id }) => id);
const eventIds = ({ message }: Parcel) => eventsOf(message.body, message.contentType).map(({ id }) => id);

it('packs what goes to the ledger in its order, up to as many as fit into a message', () => {
  const entries = rows(2 * batchMax + 3);
  const parcels = packRows(entries, 'auth');
  expect(parcels.map(({ ids }) => ids.length)).toEqual([batchMax, batchMax, 3]);
  expect(parcels.flatMap(({ ids }) => ids)).toEqual(idsOf(entries));
  for (const parcel of parcels) expect(eventIds(parcel)).toEqual(parcel.ids);
  const { message, ids } = parcels[1] as Parcel;
  expect(message).toMatchObject({ id: ids[0], type: 'audit.entry_recorded.v1', contentType: batch });
  expect(message).toMatchObject({ exchange: 'user-service.audit', routingKey: 'audit' });
});

it('puts into a batch the events that would leave by themselves', () => {
  const entries = rows(3);
  const [parcel] = packRows(entries, 'auth');
  const alone = entries.map((row) => JSON.parse(outgoingRow(row, 'auth').body.toString()));
  expect(JSON.parse(String(parcel?.message.body))).toEqual(alone);
});

it('leaves one row alone as it was, and every row of a destination that takes no batches', () => {
  const [entry, ...facts] = [...rows(1), ...rows(3, { destination: 'events', sequence: 1 })];
  const mails = rows(2, { destination: 'deliveries' });
  const all = [...facts, ...(entry === undefined ? [] : [entry]), ...mails];
  expect(packRows(all, 'auth')).toEqual(all.map((row) => ({ message: outgoingRow(row, 'auth'), ids: [row.id] })));
});

it('packs entries that lie between rows for others', () => {
  const [one, fact, two] = [...rows(1), ...rows(1, { destination: 'events' }), ...rows(1)];
  const parcels = packRows([one, fact, two] as OutboxRow[], 'auth');
  expect(parcels.map(({ ids }) => ids)).toEqual([[one?.id, two?.id], [fact?.id]]);
});

it('makes no message of many longer than 256 KiB, and lets a row that is longer go alone', () => {
  const entries = rows(40, { data: 'é'.repeat(10 * 1024) });
  const [huge] = rows(1, { data: 'x'.repeat(300 * 1024) });
  const parcels = packRows([...entries.slice(0, 3), huge as OutboxRow, ...entries.slice(3)], 'auth');
  expect(parcels.map(({ ids }) => ids.length)).toEqual([3, 1, 12, 12, 12, 1]);
  for (const { message, ids } of parcels) {
    if (ids.length > 1) expect(message.body.length).toBeLessThanOrEqual(256 * 1024);
  }
});

it('names request and trace of each in itself, and those of none in the headers', () => {
  const entries = [...rows(2), ...rows(1, { requestId: 'request-2' })];
  const [parcel] = packRows(entries, 'auth');
  expect(parcel?.message.headers).toEqual({});
  const events = JSON.parse(String(parcel?.message.body)) as Record<string, unknown>[];
  const origins = entries.map(({ requestId: requestid, traceparent }) => ({ requestid, traceparent }));
  expect(events).toMatchObject(origins);
});

it('names the request in no event for others, whose form is a contract', () => {
  for (const destination of ['events', 'deliveries'] as const) {
    const [parcel] = packRows(rows(1, { destination }), 'auth');
    expect(JSON.parse(String(parcel?.message.body))).not.toHaveProperty('requestid');
    expect(parcel?.message.headers).toMatchObject({ 'x-request-id': 'request-1' });
  }
});
