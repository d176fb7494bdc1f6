import { rolesOf } from '@bank/database';
import { provisionDatabase, removeDatabase } from '#stack/provisioning/database.ts';
import { migrateApp } from '#stack/provisioning/migrations.ts';
import { appNames } from '#stack/settings/apps.ts';
import { databaseUrl, type PostgresServer } from '#stack/stores/postgres-client.ts';

const password = 'test'; // of every role on a server of the tests

/** A database with the schemas of all apps as this tree's migrations make them, for tests to clone; dropped afterwards. */
export async function withMigratedDatabase<T>(
  server: PostgresServer,
  work: (database: string) => Promise<T>,
): Promise<T> {
  const database = `bank_test_migrated_${process.pid.toString(36)}`;
  try {
    await provisionDatabase(server, database, () => password);
    for (const app of appNames) {
      const url = databaseUrl(server.adminUrl, { database, role: rolesOf(app).owner, password });
      await migrateApp(app, server.caFile === undefined ? { url } : { url, caFile: server.caFile });
    }
    return await work(database);
  } finally {
    await removeDatabase(server, database);
  }
}
