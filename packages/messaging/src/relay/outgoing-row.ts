import { type CloudEvent, cloudEventMediaType } from '#envelope/cloud-event.ts';
import type { OutgoingMessage } from '#publish/outgoing-message.ts';
import type { OutboxRow } from '#relay/outbox-store.ts';
import { topology } from '#topology/topology.ts';

/** The CloudEvents `source` of what a service emits. */
export function sourceOf(service: string): string {
  return `/user-service/${service}`;
}

/** An outbox row as the message that leaves: CloudEvent in the body, trace and request in headers as well. */
export function outgoingRow(row: OutboxRow, service: string): OutgoingMessage {
  const route = topology.destinations[row.destination];
  const event: CloudEvent = {
    specversion: '1.0',
    id: row.id,
    source: sourceOf(service),
    type: row.type,
    subject: row.subject,
    time: row.createdAt.toISOString(),
    dataschema: row.dataschema,
    datacontenttype: 'application/json',
    ...(row.sequence === null ? {} : { sequence: row.sequence }),
    traceparent: row.traceparent,
    ...(route.batchMax === undefined ? {} : { requestid: row.requestId }), // headers are those of a whole message
    data: row.data,
  };
  return {
    id: row.id,
    exchange: route.exchange,
    routingKey: route.routingKey ?? row.type,
    type: row.type,
    contentType: cloudEventMediaType,
    body: Buffer.from(JSON.stringify(event)),
    headers: { traceparent: row.traceparent, 'x-request-id': row.requestId },
    time: row.createdAt,
  };
}
