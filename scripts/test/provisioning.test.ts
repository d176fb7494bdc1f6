import { randomBytes } from 'node:crypto';
import { serviceAddress } from '@bank/testing';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { brokerUrl, brokerUser, provisionBroker, removeVhost } from '#stack/provisioning/broker.ts';
import { provisionDatabase, removeDatabase } from '#stack/provisioning/database.ts';
import { callManagement } from '#stack/stores/broker-management.ts';
import { databaseUrl, withAdmin } from '#stack/stores/postgres-client.ts';

const passwordOf = (name: string) => `password-of-${name}`;
const name = `provisioning_${randomBytes(4).toString('hex')}`;

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
  const broker = {
    url: serviceAddress('TEST_RABBITMQ_URL'),
    managementUrl: serviceAddress('TEST_RABBITMQ_MANAGEMENT_URL'),
  };
  const said: string[] = [];
  const provision = () => provisionBroker(broker, name, passwordOf, (line) => said.push(line));
  afterAll(async () => {
    await removeVhost(broker, name);
    for (const role of ['auth', 'profile', 'mfa', 'device', 'admin', 'operator', 'platform'] as const) {
      await callManagement(broker, 'DELETE', `users/${brokerUser(name, role)}`);
    }
  });

  it('makes the queues, and a user for each app that may read its own alone', async () => {
    await provision();
    await provision();
    const queues = (await callManagement(broker, 'GET', `queues/${name}`)) as { name: string }[];
    expect(queues.map((queue) => queue.name)).toContain('device.events');
    const permission = await callManagement(broker, 'GET', `permissions/${name}/${brokerUser(name, 'device')}`);
    expect(permission).toMatchObject({ configure: '^$', read: '^(device[.]events)$' });
    expect(said).toEqual([]);
  });

  it('makes the queues anew when the topology has changed', async () => {
    const description = 'made by the launcher of user-service, topology 000000000000';
    await callManagement(broker, 'PUT', `vhosts/${name}`, { description });
    await provision();
    expect(said).toEqual(['rabbitmq: the topology has changed, its queues are made anew']);
  });
});

it('writes names and passwords into a broker address so that they can be read back', () => {
  const url = new URL(brokerUrl('amqps://root:x@broker:5671', 'bank.auth', 'p@ss/word', 'a/b'));
  expect(decodeURIComponent(url.password)).toBe('p@ss/word');
  expect(url.username).toBe('bank.auth');
  expect(decodeURIComponent(url.pathname.slice(1))).toBe('a/b');
});
