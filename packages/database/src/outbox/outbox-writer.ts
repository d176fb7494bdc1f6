import type { JsonValue } from '@bank/domain';
import { identifier } from '#connection/identifier.ts';
import type { Statement } from '#connection/session.ts';

/** A row that waits for the end of its transaction. */
export interface PendingRow {
  readonly id: string;
  readonly destination: 'events' | 'deliveries' | 'audit';
  readonly type: string;
  readonly subject: string;
  readonly dataschema: string;
  readonly data: JsonValue;
}

export interface OutboxOrigin {
  readonly schema: string;
  readonly service: string;
  readonly requestId: string;
  readonly traceparent: string;
}

/** The channel on which a schema's relays are told that rows were committed. */
export function outboxChannel(schema: string): string {
  return `${identifier(schema)}_outbox`;
}

/**
 * The one statement that writes a transaction's outbox rows, for its end: the counters of their subjects stay locked for
 * no longer than the commit takes. Subjects are locked in one order, so that two transactions cannot deadlock.
 */
export function outboxStatement(rows: readonly PendingRow[], origin: OutboxOrigin): Statement | undefined {
  if (rows.length === 0) {
    return undefined;
  }
  const ordered = rows.toSorted((a, b) => (a.subject < b.subject ? -1 : Number(a.subject > b.subject)));
  return {
    sql: `select ${identifier(origin.schema)}.append_outbox($1, $2, $3, $4)`,
    params: [origin.service, origin.requestId, origin.traceparent, JSON.stringify(ordered)],
  };
}
