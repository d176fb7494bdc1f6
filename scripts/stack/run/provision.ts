import { rolesOf } from '@bank/database';
import { provisionBroker } from '#stack/provisioning/broker.ts';
import { provisionDatabase } from '#stack/provisioning/database.ts';
import { migrateApp } from '#stack/provisioning/migrations.ts';
import type { ServiceContext } from '#stack/run/service-context.ts';
import type { Stores } from '#stack/run/start-stores.ts';
import type { SecretStore } from '#stack/secrets/secret-store.ts';
import { type AppName, appNames } from '#stack/settings/apps.ts';
import type { OwnerAddress } from '#stack/settings/owner-addresses.ts';
import { databaseUrl, type PostgresServer } from '#stack/stores/postgres-client.ts';
import type { StartingStores } from '#stack/stores/stores.ts';

/** Fills each store as soon as it is there: roles, schemas and tables; the virtual host with its queues and users. */
export async function provisionStores(
  starting: StartingStores,
  name: string,
  context: ServiceContext,
): Promise<Stores> {
  const { secrets, report } = context;
  const [postgres, redis, rabbitmq] = await Promise.all([
    starting.postgres.then(async (server) => {
      await provisionPostgres(server, name, context);
      return server;
    }),
    starting.redis,
    starting.rabbitmq.then(async (broker) => {
      await provisionBroker(broker, name, (user) => secrets.password(user), report);
      return broker;
    }),
  ]);
  return { postgres, redis, rabbitmq };
}

/** Makes the database with its schemas and roles, and runs what migrations are pending. */
export async function provisionPostgres(
  server: PostgresServer,
  name: string,
  context: Pick<ServiceContext, 'secrets' | 'report'>,
): Promise<void> {
  await provisionDatabase(server, name, (role) => context.secrets.password(role));
  await migrateAll(server, name, context);
}

/** Where the owner role of an app's schema connects. */
export function ownerAddress(
  app: AppName,
  server: PostgresServer,
  database: string,
  secrets: SecretStore,
): OwnerAddress {
  const role = rolesOf(app).owner;
  const url = databaseUrl(server.adminUrl, { database, role, password: secrets.password(role) });
  return server.caFile === undefined ? { url } : { url, caFile: server.caFile };
}

async function migrateAll(
  server: PostgresServer,
  database: string,
  context: Pick<ServiceContext, 'secrets' | 'report'>,
): Promise<void> {
  for (const app of appNames) {
    const ran = await migrateApp(app, ownerAddress(app, server, database, context.secrets));
    if (ran.length > 0) {
      context.report(`${app}: migrated (${ran.join(', ')})`);
    }
  }
}
