import { Redis } from 'ioredis';
import pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { serviceAddress, testDatabase, testRabbitVhost, testRedis, until } from '#index.ts';
import { callManagement } from '#services/rabbit-management.ts';

describe('testDatabase', () => {
  it('clones one template, provisioned once, into separate databases', async () => {
    const provision = vi.fn(async (adminUrl: string) => {
      const client = new pg.Client({ connectionString: adminUrl });
      await client.connect();
      await client.query('create table marks (mark text)');
      await client.end();
    });
    const [first, second] = await Promise.all([
      testDatabase({ name: 'harness', provision }),
      testDatabase({ name: 'harness', provision }),
    ]);
    await first.query('insert into marks values ($1)', ['first']);
    expect(provision).toHaveBeenCalledTimes(1);
    expect(await first.query('select mark from marks')).toEqual([{ mark: 'first' }]);
    expect(await second.query('select mark from marks')).toEqual([]);
    await first.drop();
    await expect(first.query('select 1')).rejects.toThrow('does not exist');
  });

  it('gives a clone the privileges of its template', async () => {
    const clone = await testDatabase({
      name: 'private',
      async provision(adminUrl, name) {
        const client = new pg.Client({ connectionString: adminUrl });
        await client.connect();
        await client.query(`revoke temporary on database ${name} from public`);
        await client.query(`grant connect on database ${name} to pg_monitor`);
        await client.end();
      },
    });
    const [row] = await clone.query(
      `select has_database_privilege('pg_monitor', current_database(), 'connect') as connect,
              has_database_privilege('pg_monitor', current_database(), 'temporary') as temporary,
              has_database_privilege('pg_signal_backend', current_database(), 'connect') as everybody`,
    );
    expect(row).toEqual({ connect: true, temporary: false, everybody: true });
  });

  it('never clones a template whose provisioning failed', async () => {
    const failing = () => Promise.reject(new Error('no such migration'));
    await expect(testDatabase({ name: 'broken', provision: failing })).rejects.toThrow('no such migration');
    const repaired = await testDatabase({ name: 'broken', provision: async () => undefined });
    expect(await repaired.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('testRedis', () => {
  it('removes only the keys under its own prefix', async () => {
    const mine = testRedis();
    const other = testRedis();
    const client = new Redis(mine.url);
    await client.mset({ [`${mine.keyPrefix}a`]: '1', [`${other.keyPrefix}a`]: '1' });
    await mine.empty();
    expect(await client.mget(`${mine.keyPrefix}a`, `${other.keyPrefix}a`)).toEqual([null, '1']);
    client.disconnect();
  });
});

describe('testRabbitVhost', () => {
  it('declares what the definitions say and can be deleted twice', async () => {
    const queues = [{ name: 'orders', durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum' } }];
    const vhost = await testRabbitVhost({ definitions: { queues } });
    expect(await vhost.depth('orders')).toBe(0);
    await vhost.delete();
    await vhost.delete();
    await expect(vhost.depth('orders')).rejects.toThrow('404');
  });

  it('that was released is handed on, empty, to whoever asks for the same', async () => {
    const queues = [{ name: 'parcels', durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum' } }];
    const first = await testRabbitVhost({ definitions: { queues } });
    const message = { routing_key: 'parcels', payload: 'left behind', payload_encoding: 'string', properties: {} };
    await callManagement('POST', `exchanges/${first.name}/amq.default/publish`, message);
    await until(async () => (await first.depth('parcels')) === 1);
    first.release();
    expect((await testRabbitVhost()).name).not.toBe(first.name);
    const second = await testRabbitVhost({ definitions: { queues } });
    expect(second.name).toBe(first.name);
    await until(async () => (await second.depth('parcels')) === 0);
    expect((await testRabbitVhost({ definitions: { queues } })).name).not.toBe(first.name);
  });
});

describe('serviceAddress', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('names the variable that is missing', () => {
    vi.stubEnv('TEST_REDIS_URL', '');
    expect(() => serviceAddress('TEST_REDIS_URL')).toThrow(/^TEST_REDIS_URL is not set: .*npm test/);
  });
});
