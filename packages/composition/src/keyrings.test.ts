import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '@bank/observability';
import { developmentKeyMarker, KeyringInvalid } from '@bank/security';
import { temporaryFolder } from '@bank/testing';
import { expect, test } from 'vitest';
import { openKeyringFolder } from './keyrings.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

function folderWith(key: Buffer): string {
  const folder = temporaryFolder('keyrings');
  writeFileSync(join(folder, 'kek.json'), JSON.stringify({ current: 'k1', keys: { k1: key.toString('base64') } }));
  return folder;
}

const developmentKey = Buffer.concat([Buffer.from(developmentKeyMarker), Buffer.alloc(32, 'abcdefgh')]);

test('a keyring is opened once, by the name of its file', () => {
  const keyrings = openKeyringFolder({ KEYRING_DIR: folderWith(developmentKey), NODE_ENV: 'development' }, logger);
  expect(keyrings.open('kek').current().id).toBe('k1');
  expect(keyrings.open('kek')).toBe(keyrings.open('kek'));
  keyrings.close();
});

test('one that is missing is named', () => {
  const keyrings = openKeyringFolder({ KEYRING_DIR: temporaryFolder('keyrings'), NODE_ENV: 'test' }, logger);
  expect(() => keyrings.open('pepper')).toThrow(/pepper/);
});

test('SR-84: keys made for development open nowhere in production', () => {
  const keyrings = openKeyringFolder({ KEYRING_DIR: folderWith(developmentKey), NODE_ENV: 'production' }, logger);
  expect(() => keyrings.open('kek')).toThrow(KeyringInvalid);
});
