import type { Database } from '#connection/database.ts';
import { outboxChannel, outboxStatement, type PendingRow } from '#outbox/outbox-writer.ts';
import { runTransaction } from '#transaction/run-transaction.ts';

/**
 * Writes one row into the outbox of a schema, by itself: for what is done beside its database. It leaves as every row
 * does, once this resolves. @throws service.unavailable
 */
export async function appendRow(database: Database, row: PendingRow): Promise<void> {
  const { schema, service } = database;
  const statement = outboxStatement([row], { schema, service });
  await runTransaction(
    database,
    async () => undefined,
    () => (statement === undefined ? [] : [statement]),
  );
  database.notifySoon(outboxChannel(schema));
}
