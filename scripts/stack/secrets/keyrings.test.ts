import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openKeyring } from '@bank/security';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { ensureKeyrings, keyringFolder } from '#stack/secrets/keyrings.ts';
import { openSecretStore } from '#stack/secrets/secret-store.ts';

function make(): string {
  const folder = temporaryFolder('keyrings');
  openSecretStore(folder);
  ensureKeyrings(folder);
  return folder;
}

const content = (folder: string, app: string, name: string) =>
  readFileSync(join(keyringFolder(folder, app), `${name}.json`), 'utf8');

describe('ensureKeyrings', () => {
  it('makes keys that development takes and production refuses (SR-84)', () => {
    const file = join(keyringFolder(make(), 'auth'), 'kek.json');
    const keyring = openKeyring(file, { name: 'kek', allowDevelopmentKeys: true });
    expect(keyring.current().bytes).toHaveLength(32);
    keyring.close();
    expect(() => openKeyring(file, { name: 'kek' })).toThrow('is a development key');
  });

  it('gives every app keys of its own, and all of them the delivery key', () => {
    const folder = make();
    expect(content(folder, 'auth', 'kek')).not.toBe(content(folder, 'profile', 'kek'));
    expect(content(folder, 'auth', 'delivery')).toBe(content(folder, 'profile', 'delivery'));
    expect(content(folder, 'auth', 'proof-nonce')).toBe(content(folder, 'profile', 'proof-nonce'));
  });

  it('keeps what is there', () => {
    const folder = make();
    const before = content(folder, 'mfa', 'kek');
    ensureKeyrings(folder);
    expect(content(folder, 'mfa', 'kek')).toBe(before);
  });

  it('lets nobody else read them', () => {
    const file = join(keyringFolder(make(), 'auth'), 'kek.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('openSecretStore', () => {
  it('makes a password at its first use and keeps it', () => {
    const folder = temporaryFolder('secrets');
    const password = openSecretStore(folder).password('postgres');
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(openSecretStore(folder).password('postgres')).toBe(password);
    expect(openSecretStore(folder).password('redis')).not.toBe(password);
  });
});
