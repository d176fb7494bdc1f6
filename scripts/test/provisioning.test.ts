import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceAddress, temporaryFolder } from '@bank/testing';
import pg from 'pg';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { brokerRoles, brokerUrl, brokerUser, provisionBroker, removeVhost } from '#stack/provisioning/broker.ts';
import { provisionDatabase, removeDatabase } from '#stack/provisioning/database.ts';
import { provisionGiven } from '#stack/run/provision-given.ts';
import { callManagement } from '#stack/stores/broker-management.ts';
import { databaseUrl, withAdmin } from '#stack/stores/postgres-client.ts';

const passwordOf = (name: string) => `password-of-${name}`;
const name = `provisioning_${randomBytes(4).toString('hex')}`;
const broker = {
  url: serviceAddress('TEST_RABBITMQ_URL'),
  managementUrl: serviceAddress('TEST_RABBITMQ_MANAGEMENT_URL'),
};

/** A virtual host with its users. */
async function removeBroker(vhost: string): Promise<void> {
  await removeVhost(broker, vhost);
  for (const role of brokerRoles) await callManagement(broker, 'DELETE', `users/${brokerUser(vhost, role)}`);
}

describe('provisionDatabase', () => {
  const server = { adminUrl: serviceAddress('TEST_POSTGRES_URL') };
  afterAll(async () => {
    await removeDatabase(server, name);
    await removeDatabase(server, `${name}_foreign`);
  });

  it('makes a database in which each app has a schema of its own, and may be run again', async () => {
    await provisionDatabase(server, name, passwordOf);
    await provisionDatabase(server, name, passwordOf);
    const url = databaseUrl(server.adminUrl, { database: name, role: 'mfa_app', password: passwordOf('mfa_app') });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      `select nspname, has_schema_privilege(oid, 'usage') as may from pg_namespace where nspname = any ($1) order by 1`,
      [['auth', 'profile', 'mfa', 'device', 'admin']],
    );
    await client.end();
    expect(Object.fromEntries(rows.map(({ nspname, may }) => [nspname, may]))).toEqual({
      admin: false,
      auth: false,
      device: false,
      mfa: true,
      profile: false,
    });
  });

  it('leaves a database alone that it did not make', async () => {
    const foreign = `${name}_foreign`;
    await withAdmin(server, 'postgres', (client) => client.query(`create database ${foreign}`));
    await expect(provisionDatabase(server, foreign, passwordOf)).rejects.toThrow(
      `database ${foreign} was not made by the launcher`,
    );
    const schemas = await withAdmin(server, foreign, (client) =>
      client.query(`select 1 from pg_namespace where nspname = 'auth'`),
    );
    expect(schemas.rowCount).toBe(0);
  });
});

describe('provisionBroker', () => {
  const said: string[] = [];
  const report = (line: string) => said.push(line);
  const provision = (remake = false) => provisionBroker(broker, name, { passwordOf, report, remake });
  const vhost = () => callManagement(broker, 'GET', `vhosts/${name}`);
  const described = (description: string) => callManagement(broker, 'PUT', `vhosts/${name}`, { description });
  const kept = `rabbitmq: ${name} is there: what is missing is added, its queues stay as they are`;
  const otherTopology = 'made by the launcher of user-service, topology 000000000000';

  /** Takes a letter from a queue where it was put before; how many there were. */
  async function take(queue: string): Promise<number> {
    const asked = { count: 10, ackmode: 'ack_requeue_false', encoding: 'auto' };
    return ((await callManagement(broker, 'POST', `queues/${name}/${queue}/get`, asked)) as unknown[]).length;
  }

  async function put(queue: string): Promise<void> {
    const message = { properties: {}, routing_key: queue, payload: 'x', payload_encoding: 'string' };
    await callManagement(broker, 'POST', `exchanges/${name}/amq.default/publish`, message);
  }
  afterAll(() => removeBroker(name));

  it('makes the queues, and a user for each app that may read its own alone', async () => {
    await provision();
    await provision();
    const queues = (await callManagement(broker, 'GET', `queues/${name}`)) as { name: string }[];
    expect(queues.map((queue) => queue.name)).toContain('device.events');
    const permission = await callManagement(broker, 'GET', `permissions/${name}/${brokerUser(name, 'device')}`);
    expect(permission).toMatchObject({ configure: '^$', read: '^(device[.]events)$' });
    expect(said).toEqual([]);
  });

  it('keeps every message when the topology has changed, and adds what is missing', async () => {
    const ofLastRelease = { 'x-queue-type': 'classic', 'x-max-length': 7 };
    await described(otherTopology);
    await callManagement(broker, 'DELETE', `queues/${name}/mfa.events`);
    await callManagement(broker, 'DELETE', `queues/${name}/device.events`);
    await callManagement(broker, 'PUT', `queues/${name}/device.events`, { durable: true, arguments: ofLastRelease });
    await put('auth.events.dead');
    await provision();
    expect(said.splice(0)).toEqual([kept]);
    expect(await callManagement(broker, 'GET', `queues/${name}/mfa.events`)).toMatchObject({ name: 'mfa.events' });
    const queue = await callManagement(broker, 'GET', `queues/${name}/device.events`);
    expect(queue).toMatchObject({ arguments: ofLastRelease });
    expect(await vhost()).toMatchObject({ description: otherTopology });
    expect(await take('auth.events.dead')).toBe(1);
  });

  it('does not call a virtual host of somebody else its own', async () => {
    await described('of the platform team');
    await provision();
    expect(said.splice(0)).toEqual([kept]);
    expect(await vhost()).toMatchObject({ description: 'of the platform team' });
  });

  it('makes the queues of a private broker anew when the topology has changed', async () => {
    await described(otherTopology);
    await put('auth.events.dead');
    await provision(true);
    expect(said.splice(0)).toEqual(['rabbitmq: the topology has changed, its queues are made anew']);
    expect(await take('auth.events.dead')).toBe(0);
  });
});

describe('provisionGiven', () => {
  const given = `${name}_given`;
  const postgres = { url: serviceAddress('TEST_POSTGRES_URL'), variable: 'POSTGRES_URL' };
  const server = { adminUrl: postgres.url };
  const folder = temporaryFolder('provision-given');
  const file = join(folder, 'passwords.json');
  const roles = ['auth', 'profile', 'mfa', 'device', 'admin'].flatMap((app) => [`${app}_owner`, `${app}_app`]);
  const said: string[] = [];
  const provisioning = { name: given, folder, migrate: false, report: (line: string) => said.push(line) };
  afterAll(() => removeDatabase(server, given));

  async function rolesAsTheyAre(): Promise<unknown[]> {
    const sql = 'select rolname, rolpassword from pg_authid where rolname = any ($1) order by 1';
    return (await withAdmin(server, 'postgres', (client) => client.query(sql, [roles]))).rows;
  }

  it('gives no role that is there a new password unasked, and changes nothing', async () => {
    await provisionDatabase(server, name, passwordOf);
    const passwords = Object.fromEntries(roles.slice(1).map((role) => [role, passwordOf(role)]));
    writeFileSync(file, JSON.stringify(passwords));
    const before = await rolesAsTheyAre();
    await expect(provisionGiven({ postgres }, provisioning)).rejects.toThrow(
      /lacks those of auth_owner, who are there/,
    );
    expect(await rolesAsTheyAre()).toEqual(before);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(passwords);
    expect(said).toEqual([]);
    await removeDatabase(server, name);
  });

  it('makes what Postgres needs alone, and runs no migration unasked', async () => {
    writeFileSync(file, JSON.stringify(Object.fromEntries(roles.map((role) => [role, passwordOf(role)]))));
    await provisionGiven({ postgres }, provisioning);
    await provisionGiven({ postgres }, provisioning);
    expect(said.at(-1)).toBe(`postgres: the database ${given} has its roles and schemas`);
    const sql = `select to_regnamespace('auth') is not null as schema, to_regclass('auth.users') as table`;
    expect((await withAdmin(server, given, (client) => client.query(sql))).rows).toEqual([
      { schema: true, table: null },
    ]);
  });

  it('makes what the broker needs alone, and gives no user of it a new password unasked', async () => {
    const rabbitmq = { ...broker, variable: 'RABBITMQ_URL' };
    onTestFinished(() => removeBroker(given));
    writeFileSync(file, '{}');
    await provisionGiven({ rabbitmq }, provisioning);
    expect(said.at(-1)).toBe(`rabbitmq: the virtual host ${given} has its queues and users`);
    const made = readFileSync(file, 'utf8');
    expect(Object.keys(JSON.parse(made))).toContain(`${given}.auth`);
    await provisionGiven({ rabbitmq }, provisioning);
    expect(readFileSync(file, 'utf8')).toBe(made);
    writeFileSync(file, '{}');
    await expect(provisionGiven({ rabbitmq }, provisioning)).rejects.toThrow(`lacks those of ${given}.auth, `);
    expect(readFileSync(file, 'utf8')).toBe('{}');
  });
});

it('writes names and passwords into a broker address so that they can be read back', () => {
  const url = new URL(brokerUrl('amqps://root:x@broker:5671', 'bank.auth', 'p@ss/word', 'a/b'));
  expect(decodeURIComponent(url.password)).toBe('p@ss/word');
  expect(url.username).toBe('bank.auth');
  expect(decodeURIComponent(url.pathname.slice(1))).toBe('a/b');
});
