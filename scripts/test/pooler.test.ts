import { existsSync } from 'node:fs';
import { connectDatabase, type Database } from '@bank/database';
import { Secret } from '@bank/domain';
import { serviceAddress, temporaryFolder, until } from '@bank/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Stack, startStack } from '#stack/run/start-stack.ts';
import { readSettings } from '#stack/settings/settings.ts';
import { dataPlaceFile, requireSamePlace } from '#stack/stores/data-place.ts';

// A private Postgres as a development stack has it, with PgBouncer in front. The broker is the tests' own, since it takes long
// to start. Nothing is installed in the middle of a test: `npm test` has seen to the programs before.
const onThisMachine = {
  STACK_DOCKER: '0',
  STACK_INSTALL: '0',
  RABBITMQ_URL: serviceAddress('TEST_RABBITMQ_URL'),
  RABBITMQ_MANAGEMENT_URL: serviceAddress('TEST_RABBITMQ_MANAGEMENT_URL'),
};
let stack: Stack;
let database: Database;
const folder = temporaryFolder('pooler');
const own = () => stack.environments.device;

beforeAll(async () => {
  stack = await startStack({
    folder,
    name: `pooler_${process.pid}`,
    settings: readSettings({ ...onThisMachine, STACK_POOLER: '1' }),
    randomPorts: true,
    apps: [],
  });
  database = await connectDatabase({
    url: new Secret(own()['DATABASE_URL'] ?? ''),
    directUrl: new Secret(own()['DATABASE_DIRECT_URL'] ?? ''),
    caFile: own()['DATABASE_CA_FILE'],
    schema: 'device',
    entities: [],
    poolMax: 2,
    service: 'device',
  });
}, 240_000);
afterAll(async () => {
  await database?.close();
  await stack?.stopAndRemove();
});

/** What comes of connecting to the pooler with other words than the app's own. */
async function knock(change: (url: URL) => void, ssl: pg.ClientConfig['ssl'] = { rejectUnauthorized: false }) {
  const url = new URL(own()['DATABASE_URL'] ?? '');
  change(url);
  const client = new pg.Client({ connectionString: url.href, ssl, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect().finally(() => client.end().catch(() => undefined));
}

describe('PgBouncer in front of Postgres (SR-68)', () => {
  it('takes an app by TLS and its password, and is another server than the one for LISTEN', async () => {
    expect(own()['DATABASE_URL']).not.toBe(own()['DATABASE_DIRECT_URL']);
    await database.ping();
    const onNotify = vi.fn();
    const stop = await database.listen('device_test', onNotify);
    database.notifySoon('device_test');
    await until(() => onNotify.mock.calls.length > 0);
    await stop();
  });

  it.each([
    ['without TLS', () => undefined, false],
    ['with another password', (url: URL): void => void Object.assign(url, { password: 'guess' }), undefined],
    ['as the administrator', (url: URL): void => void Object.assign(url, { username: 'postgres' }), undefined],
    [
      'as a role that owns tables',
      (url: URL): void => void Object.assign(url, { username: 'device_owner' }),
      undefined,
    ],
  ] as const)('takes nobody %s', async (_, change, ssl) => {
    await expect(knock(change, ssl)).rejects.toThrow();
  });

  it('takes the same words in their right form', async () => {
    await expect(knock(() => undefined)).resolves.toBeUndefined();
  });

  it('refuses what would have to be kept in a session', async () => {
    const options = (url: URL) => url.searchParams.set('options', '-c statement_timeout=1s');
    await expect(knock(options)).rejects.toThrow('unsupported startup parameter');
  });
});

describe('the data of a stack', () => {
  it('is where it was, or the stack does not start', async () => {
    expect(existsSync(dataPlaceFile(folder))).toBe(true);
    const moved = temporaryFolder('moved');
    requireSamePlace(moved, { kind: 'container' }).note();
    const settings = readSettings(onThisMachine);
    await expect(startStack({ folder: moved, settings, randomPorts: true })).rejects.toThrow(
      'the data of this stack is in a container of Docker, and would now be in a Postgres process of its own',
    );
  });
});
