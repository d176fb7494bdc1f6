import { randomBytes } from 'node:crypto';
import { rolesOf } from '@bank/database';
import { StackError } from '#stack/host/stack-error.ts';
import { provisionBroker } from '#stack/provisioning/broker.ts';
import { provisionDatabase, removeDatabase } from '#stack/provisioning/database.ts';
import { migrateApp } from '#stack/provisioning/migrations.ts';
import type { ServiceContext } from '#stack/run/service-context.ts';
import type { Stores } from '#stack/run/start-stores.ts';
import type { SecretStore } from '#stack/secrets/secret-store.ts';
import { type AppName, appNames } from '#stack/settings/apps.ts';
import type { OwnerAddress } from '#stack/settings/owner-addresses.ts';
import type { Settings } from '#stack/settings/settings.ts';
import { databaseUrl, type PostgresServer } from '#stack/stores/postgres-client.ts';
import type { StartingStores } from '#stack/stores/stores.ts';

/** What is put into the stores of a stack. */
export interface StoreContents {
  /** Of the database and of the virtual host. */
  readonly name: string;
  readonly databaseTemplate?: string | undefined;
  /** Whether the broker is one that the stack runs, and nobody else's messages lie in it. */
  readonly isOwnBroker: boolean;
}

/** Fills each store as soon as it is there: roles, schemas and tables; the virtual host with its queues and users. */
export async function provisionStores(
  starting: StartingStores,
  { name, databaseTemplate, isOwnBroker }: StoreContents,
  context: ServiceContext,
): Promise<Stores> {
  const { secrets, report } = context;
  const [postgres, redis, rabbitmq] = await Promise.all([
    starting.postgres.then(async (server) => {
      await provisionPostgres(server, name, context, databaseTemplate);
      return server;
    }),
    starting.redis,
    starting.rabbitmq.then(async (broker) => {
      await provisionBroker(broker, name, { passwordOf: secrets.password, report, remake: isOwnBroker });
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
  template?: string,
): Promise<void> {
  await provisionDatabase(server, name, (role) => context.secrets.password(role), template);
  await migrateAll(server, name, context);
}

/**
 * Makes a database with the empty tables of every app, from which stacks on the same server begin (`databaseTemplate`), and
 * gives what removes it. @throws StackError when the settings name no server
 */
export async function makeDatabaseTemplate(settings: Settings, name: string): Promise<() => Promise<void>> {
  const { postgres } = settings.given;
  if (postgres === undefined) throw new StackError('a template is made on a server that others have started');
  const { url, ...ca } = postgres;
  const server = { adminUrl: url, ...ca };
  // Of all roles, until a stack gives each its own.
  const password = randomBytes(24).toString('base64url');
  await provisionPostgres(server, name, { secrets: { password: () => password }, report: () => undefined });
  return () => removeDatabase(server, name);
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

/** Runs what migrations of the apps are pending. */
export async function migrateAll(
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
