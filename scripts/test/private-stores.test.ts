import { serviceAddress, temporaryFolder } from '@bank/testing';
import { afterEach, expect, it } from 'vitest';
import { removeData } from '#stack/host/service-user.ts';
import { type RunningStores, startStores } from '#stack/run/start-stores.ts';
import { readSettings } from '#stack/settings/settings.ts';
import { withAdmin } from '#stack/stores/postgres-client.ts';
import { pingRedis } from '#stack/stores/redis.ts';

let running: RunningStores | undefined;
let usedFolder = '';
afterEach(async () => {
  await running?.stop();
  removeData(usedFolder);
});

/**
 * Private servers as a development stack has them. The broker is the tests' own, since it takes long to start. Nothing is installed
 * in the middle of a test: `npm test` has seen to the programs before.
 */
async function start(folder: string) {
  usedFolder = folder;
  const settings = readSettings({
    STACK_DOCKER: '0',
    STACK_INSTALL: '0',
    RABBITMQ_URL: serviceAddress('TEST_RABBITMQ_URL'),
    RABBITMQ_MANAGEMENT_URL: serviceAddress('TEST_RABBITMQ_MANAGEMENT_URL'),
  });
  running = await startStores({ folder, settings, randomPorts: true });
  return running.ready;
}

it('lets nobody in without TLS or with another authority than ours (SR-68)', async () => {
  const { postgres, redis } = await start(temporaryFolder('tls-stores'));
  expect(new URL(redis.url).protocol).toBe('rediss:');
  expect(await pingRedis(redis)).toBe(true);
  expect(await pingRedis({ url: redis.url })).toBe(false);
  expect(await pingRedis({ url: redis.url.replace('rediss:', 'redis:') })).toBe(false);

  const select = (server: typeof postgres) => withAdmin(server, 'postgres', (client) => client.query('select 1'));
  expect((await select(postgres)).rowCount).toBe(1);
  await expect(select({ adminUrl: postgres.adminUrl })).rejects.toThrow('no pg_hba.conf entry');
  const elsewhere = { ...postgres, adminUrl: postgres.adminUrl.replace('127.0.0.1', '127.0.0.2') };
  await expect(select(elsewhere)).rejects.toThrow();
});

it('keeps data, passwords and authority when it is started again', async () => {
  const folder = temporaryFolder('kept-stores');
  const first = await start(folder);
  await withAdmin(first.postgres, 'postgres', (client) => client.query('create table kept (a int)'));
  await running?.stop();
  const second = await start(folder);
  const { rowCount } = await withAdmin(second.postgres, 'postgres', (client) => client.query('select from kept'));
  expect(rowCount).toBe(0);
  const passwordOf = (url: string) => new URL(url).password;
  expect(passwordOf(second.redis.url)).toBe(passwordOf(first.redis.url));
  expect(second.postgres.caFile).toBe(first.postgres.caFile);
});
