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
  /** What it was said in: of the request, or of the one message among those that are handled together. */
  readonly request: { readonly requestId: string; readonly traceparent: string };
}

export interface OutboxOrigin {
  readonly schema: string;
  readonly service: string;
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
    sql: `select ${identifier(origin.schema)}.append_outbox($1, part.request_id, part.traceparent, part.rows)
      from jsonb_to_recordset($2) as part (request_id text, traceparent text, rows jsonb)`,
    params: [origin.service, JSON.stringify(partsOf(ordered))],
  };
}

/** Rows in their order, those that follow each other in one request together. */
function partsOf(rows: readonly PendingRow[]): readonly object[] {
  const parts: { request_id: string; traceparent: string; rows: object[] }[] = [];
  for (const { request, ...row } of rows) {
    const { requestId: request_id, traceparent } = request;
    const last = parts.at(-1);
    if (last?.request_id === request_id && last.traceparent === traceparent) last.rows.push(row);
    else parts.push({ request_id, traceparent, rows: [row] });
  }
  return parts;
}
