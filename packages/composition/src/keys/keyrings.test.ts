import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, createMetrics } from '@bank/observability';
import { developmentKeyMarker, KeyringInvalid } from '@bank/security';
import { temporaryFolder, until } from '@bank/testing';
import { expect, test } from 'vitest';
import { openKeyringFolder } from '#keys/keyrings.ts';

const options = {
  app: 'test',
  keyManagement: undefined,
  logger: createLogger({ service: 'test', level: 'silent' }),
};

function folderWith(key: Buffer): string {
  const folder = temporaryFolder('keyrings');
  writeFileSync(join(folder, 'kek.json'), JSON.stringify({ current: 'k1', keys: { k1: key.toString('base64') } }));
  return folder;
}

const developmentKey = Buffer.concat([Buffer.from(developmentKeyMarker), Buffer.alloc(32, 'abcdefgh')]);

test('a keyring is opened once, by the name of its file', async () => {
  const keyrings = await openKeyringFolder(
    { KEYRING_DIR: folderWith(developmentKey), NODE_ENV: 'development' },
    options,
  );
  expect(keyrings.open('kek').current().id).toBe('k1');
  expect(keyrings.open('kek')).toBe(keyrings.open('kek'));
  keyrings.close();
});

test('one that changes and is refused shows in the metrics until it is put right', { timeout: 15_000 }, async () => {
  const metrics = createMetrics({ service: 'test' });
  const folder = folderWith(developmentKey);
  const keyrings = await openKeyringFolder({ KEYRING_DIR: folder, NODE_ENV: 'test' }, { ...options, metrics });
  keyrings.open('kek');
  const shows = async (value: number) =>
    (await metrics.text()).includes(`reload_refused{file="keyring kek",service="test"} ${value}`);
  expect(await shows(0)).toBe(true);
  const file = join(folder, 'kek.json');
  const good = readFileSync(file);
  writeFileSync(file, '{"half');
  await until(() => shows(1));
  writeFileSync(file, good);
  await until(() => shows(0));
  keyrings.close();
});

test('one that is missing is named', async () => {
  const keyrings = await openKeyringFolder({ KEYRING_DIR: temporaryFolder('keyrings'), NODE_ENV: 'test' }, options);
  expect(() => keyrings.open('pepper')).toThrow(/pepper/);
});

test('SR-84: keys made for development open nowhere in production', async () => {
  const keyrings = await openKeyringFolder(
    { KEYRING_DIR: folderWith(developmentKey), NODE_ENV: 'production' },
    options,
  );
  expect(() => keyrings.open('kek')).toThrow(KeyringInvalid);
});
