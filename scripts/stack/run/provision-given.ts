import { rolesOf } from '@bank/database';
import { StackError } from '#stack/host/stack-error.ts';
import { brokerRoles, brokerUser, provisionBroker } from '#stack/provisioning/broker.ts';
import { provisionDatabase } from '#stack/provisioning/database.ts';
import { migrateAll } from '#stack/run/provision.ts';
import { knownPasswords, openSecretStore } from '#stack/secrets/secret-store.ts';
import { appNames } from '#stack/settings/apps.ts';
import type { GivenAddresses } from '#stack/settings/settings.ts';
import { callManagement } from '#stack/stores/broker-management.ts';
import { databaseOf, withAdmin } from '#stack/stores/postgres-client.ts';

/** What is put into stores that somebody else runs. */
export interface GivenProvisioning {
  /** Of the database, of the virtual host, and before the names of its users. */
  readonly name: string;
  /** The folder of `passwords.json`. */
  readonly folder: string;
  /** Whether pending migrations run as well. */
  readonly migrate: boolean;
  report(line: string): void;
}

type Postgres = NonNullable<GivenAddresses['postgres']>;
type RabbitMQ = NonNullable<GivenAddresses['rabbitmq']>;

/**
 * Puts what the apps need into Postgres, the broker, or both, whichever has an address. May be run again: it sets the passwords that
 * `passwords.json` has, takes nothing away, and makes passwords for those alone who are new. @throws StackError before anything is
 * changed when a role or user is there whose password the file lacks: a new one would lock out the app that has it
 */
export async function provisionGiven(
  { postgres, rabbitmq }: GivenAddresses,
  provisioning: GivenProvisioning,
): Promise<void> {
  const known = knownPasswords(provisioning.folder);
  const there = await Promise.all([
    postgres === undefined ? [] : rolesThere(postgres),
    rabbitmq === undefined ? [] : usersThere(rabbitmq, provisioning.name),
  ]);
  const unknown = there.flat().filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new StackError(
      `passwords.json in ${provisioning.folder} lacks those of ${unknown.join(', ')}, who are there: put in those they have, or new ones that the apps get too`,
    );
  }
  await Promise.all([
    postgres === undefined ? undefined : fillPostgres(postgres, provisioning),
    rabbitmq === undefined ? undefined : fillRabbitMQ(rabbitmq, provisioning),
  ]);
}

async function fillPostgres(
  { url, ...ca }: Postgres,
  { name, folder, migrate, report }: GivenProvisioning,
): Promise<void> {
  const secrets = openSecretStore(folder);
  const server = { adminUrl: url, ...ca };
  await provisionDatabase(server, name, secrets.password);
  if (migrate) await migrateAll(server, name, { secrets, report });
  report(`postgres: the database ${name} has its roles and schemas`);
}

async function fillRabbitMQ(broker: RabbitMQ, { name, folder, report }: GivenProvisioning): Promise<void> {
  const passwordOf = openSecretStore(folder).password;
  await provisionBroker(broker, name, { passwordOf, report, remake: false });
  report(`rabbitmq: the virtual host ${name} has its queues and users`);
}

async function rolesThere({ url, ...ca }: Postgres): Promise<readonly string[]> {
  const ours = appNames.flatMap((app) => Object.values(rolesOf(app)));
  return await withAdmin({ adminUrl: url, ...ca }, databaseOf(url), async (client) => {
    const sql = 'select rolname as name from pg_roles where rolname = any ($1) order by 1';
    return (await client.query<{ name: string }>(sql, [ours])).rows.map(({ name }) => name);
  });
}

async function usersThere(broker: RabbitMQ, vhost: string): Promise<readonly string[]> {
  const users = (await callManagement(broker, 'GET', 'users')) as { name: string }[];
  const names = new Set(users.map(({ name }) => name));
  return brokerRoles.map((role) => brokerUser(vhost, role)).filter((name) => names.has(name));
}
