import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { developmentKeyMarker } from '@bank/security';
import { writePrivately } from '#stack/secrets/secret-store.ts';
import { appNames } from '#stack/settings/apps.ts';

const KEY_BYTES = 32; // what AES-256 takes

/** Keyrings that each app has for itself. */
export const ownKeyrings = [
  'kek',
  'blind-index',
  'pepper',
  'refresh',
  'limits',
  'cursor',
  'idempotency',
  'links',
] as const;

// Every app seals what auth is to deliver, and auth opens it; every app takes the nonces that another gave.
/** Keyrings that hold the same keys in every app. */
export const sharedKeyrings = ['delivery', 'proof-nonce'] as const;

/**
 * Makes the keyrings of every app under `<secretsFolder>/keyrings/<app>`, keeping those that exist. Each key begins with
 * the development marker, so that no production process takes it (SR-84).
 */
export function ensureKeyrings(secretsFolder: string): void {
  const shared = new Map(sharedKeyrings.map((name) => [name, sharedKeyring(secretsFolder, name)]));
  for (const app of appNames) {
    const folder = keyringFolder(secretsFolder, app);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of ownKeyrings) {
      writeIfMissing(join(folder, `${name}.json`), newKeyring());
    }
    for (const [name, content] of shared) {
      writeIfMissing(join(folder, `${name}.json`), content);
    }
  }
}

/** The folder that an app gets as `KEYRING_DIR`. */
export function keyringFolder(secretsFolder: string, app: string): string {
  return join(secretsFolder, 'keyrings', app);
}

function sharedKeyring(secretsFolder: string, name: string): string {
  const holder = appNames
    .map((app) => join(keyringFolder(secretsFolder, app), `${name}.json`))
    .find((file) => existsSync(file));
  return holder === undefined ? newKeyring() : readFileSync(holder, 'utf8');
}

function newKeyring(): string {
  const marker = Buffer.from(developmentKeyMarker);
  const key = Buffer.concat([marker, randomBytes(KEY_BYTES - marker.length)]);
  return JSON.stringify({ current: 'k1', keys: { k1: key.toString('base64') } });
}

function writeIfMissing(file: string, content: string): void {
  if (!existsSync(file)) {
    writePrivately(file, content);
  }
}
