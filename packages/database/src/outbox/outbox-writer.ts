import type { JsonValue } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import { runStatement } from '#transaction/repository.ts';

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
 * Writes a transaction's outbox rows with one statement, as its last act: the counters of their subjects stay locked
 * for no longer than the commit takes. Subjects are locked in one order, so that two transactions cannot deadlock.
 */
export async function writeOutbox(em: EntityManager, rows: readonly PendingRow[], origin: OutboxOrigin): Promise<void> {
  if (rows.length === 0) {
    return;
  }
  const ordered = rows.toSorted((a, b) => (a.subject < b.subject ? -1 : Number(a.subject > b.subject)));
  await runStatement(em, `select ${identifier(origin.schema)}.append_outbox(?, ?, ?, ?)`, [
    origin.service,
    origin.requestId,
    origin.traceparent,
    JSON.stringify(ordered),
  ]);
}
