import type { JsonValue } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '#connection/database.ts';
import { identifier } from '#connection/identifier.ts';
import type { StopListening } from '#connection/listener.ts';
import type { Statement } from '#connection/session.ts';
import { outboxChannel } from '#outbox/outbox-writer.ts';
import { runStatement } from '#transaction/repository.ts';
import { runTransaction } from '#transaction/run-transaction.ts';

/** A row that waits to be published. */
export interface OutboxRow {
  readonly id: string;
  readonly destination: 'events' | 'deliveries' | 'audit';
  readonly type: string;
  readonly subject: string;
  /** Counted per (source, subject) for events; null for the rest. */
  readonly sequence: number | null;
  readonly dataschema: string;
  readonly data: JsonValue;
  readonly requestId: string;
  readonly traceparent: string;
  readonly createdAt: Date;
}

/** What a relay needs of the outbox: the port of @bank/messaging. */
export interface OutboxStore {
  /**
   * Claims up to `limit` rows that no other relay holds, oldest first, hands them to `publish`, and marks those whose
   * ids it gives back. The claim is a transaction: when `publish` throws, or this process dies, all of them stay.
   * @throws service.unavailable, or what `publish` throws
   */
  publishBatch(limit: number, publish: (rows: readonly OutboxRow[]) => Promise<readonly string[]>): Promise<number>;
  /** Calls `listener` after rows were committed. It may miss some, so a relay also polls. */
  onInsert(listener: () => void): Promise<StopListening>;
  backlog(): Promise<{ rows: number; oldestSeconds: number }>;
}

/** The outbox of a service's schema. */
export function createOutboxStore(database: Database): OutboxStore {
  const schema = identifier(database.schema);
  return {
    async publishBatch(limit, publish) {
      const published = await runTransaction(
        database,
        async (em) => {
          const rows = await claim(em, schema, limit);
          return rows.length === 0 ? [] : publish(rows);
        },
        (ids) => markPublished(schema, ids),
      );
      return published.length;
    },
    onInsert: (listener) => database.listen(outboxChannel(schema), listener),
    async backlog() {
      const { rows } = await runStatement(
        database.fork(),
        `select count(*) as rows, coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as "oldestSeconds"
           from ${schema}.outbox where published_at is null`,
      );
      return rows[0] as { rows: number; oldestSeconds: number };
    },
  };
}

async function claim(em: EntityManager, schema: string, limit: number): Promise<OutboxRow[]> {
  const { rows } = await runStatement(
    em,
    `select id, destination, type, subject, sequence, dataschema, data,
            request_id as "requestId", traceparent, created_at as "createdAt"
       from ${schema}.outbox where published_at is null order by id limit ? for update skip locked`,
    [limit],
  );
  return rows as OutboxRow[];
}

function markPublished(schema: string, ids: readonly string[]): readonly Statement[] {
  if (ids.length === 0) {
    return [];
  }
  const sql = `update ${schema}.outbox set published_at = clock_timestamp() where id = any($1) and published_at is null`;
  return [{ sql, params: [ids] }];
}
