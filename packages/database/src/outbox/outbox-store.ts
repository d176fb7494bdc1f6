import type { JsonValue } from '@bank/domain';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '#connection/database.ts';
import { identifier } from '#connection/identifier.ts';
import type { StopListening } from '#connection/listener.ts';
import type { Statement } from '#connection/session.ts';
import { outboxChannel } from '#outbox/outbox-writer.ts';
import { runStatement } from '#transaction/repository.ts';
import { runTransaction } from '#transaction/run-transaction.ts';

const destinations = ['events', 'deliveries', 'audit'] as const;

type Destination = (typeof destinations)[number];

/** A row that waits to be published. */
export interface OutboxRow {
  readonly id: string;
  readonly destination: Destination;
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
   * Claims rows that no other relay holds, oldest first, hands them to `publish`, and marks those whose ids it gives back.
   * The claim is a transaction: when `publish` throws, or this process dies, all of them stay.
   * @throws service.unavailable, or what `publish` throws
   */
  publishBatch(
    claim: OutboxClaim,
    publish: (rows: readonly OutboxRow[]) => Promise<readonly string[]>,
  ): Promise<number>;
  /** Calls `listener` after rows were committed. It may miss some, so a relay also polls. */
  onInsert(listener: () => void): Promise<StopListening>;
  /** What waits for each destination that anything waits for. */
  backlog(): Promise<readonly OutboxBacklog[]>;
}

interface OutboxClaim {
  /** Rows of one destination, at most: none of them takes the place of another. */
  readonly limit: number;
  /** All of them when left out. */
  readonly destinations?: readonly Destination[];
}

interface OutboxBacklog {
  readonly destination: Destination;
  readonly rows: number;
  readonly oldestSeconds: number;
}

/** The outbox of a service's schema. */
export function createOutboxStore(database: Database): OutboxStore {
  const schema = identifier(database.schema);
  return {
    async publishBatch(wanted, publish) {
      const published = await runTransaction(
        database,
        async (em) => {
          const rows = await claim(em, schema, wanted);
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
        `select destination, count(*) as rows, extract(epoch from clock_timestamp() - min(created_at))::float8 as "oldestSeconds"
           from ${schema}.outbox where published_at is null group by destination`,
      );
      return rows as OutboxBacklog[];
    },
  };
}

// As a range, one destination is an order that its own index alone has: by an index of all rows, which statistics would prefer,
// it is looked for in what another one has left waiting for hours. A list of which Postgres knows the length is planned once; an
// array would be planned each time.
const places = destinations.map((_, place) => (place === 0 ? '(?::text)' : '(?)')).join(', ');

async function claim(
  em: EntityManager,
  schema: string,
  { limit, destinations: wanted = destinations }: OutboxClaim,
): Promise<OutboxRow[]> {
  const { rows } = await runStatement(
    em,
    `select claimed.* from (values ${places}) as wanted (destination) cross join lateral (
       select id, destination, type, subject, sequence, dataschema, data,
              request_id as "requestId", traceparent, created_at as "createdAt"
         from ${schema}.outbox
        where destination between wanted.destination and wanted.destination and published_at is null
        order by destination, id limit ? for update skip locked) as claimed
      order by id`,
    [...destinations.map((destination) => (wanted.includes(destination) ? destination : null)), limit],
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
