import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { operatorRun } from '#ops/operator-run.ts';
import { addSharedKey } from '#ops/pii/shared-key.ts';
import { ensureKeyrings, keyringFolder } from '#stack/secrets/keyrings.ts';
import { appNames } from '#stack/settings/apps.ts';
import { ops } from '#test/ops-command.ts';

let secrets: string;
let stacks = 0;

beforeEach(() => {
  stacks += 1;
  secrets = join(temporaryFolder('ops-shared-key'), String(stacks));
  mkdirSync(secrets, { recursive: true });
  ensureKeyrings(secrets);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  tell.mockReset();
});

const fileOf = (app: string, keyring: string) => join(keyringFolder(secrets, app), `${keyring}.json`);
const keysOf = (app: string): Record<string, string> => JSON.parse(readFileSync(fileOf(app, 'delivery'), 'utf8')).keys;
const tell = vi.fn(async (_app: string, _key: { readonly keyId: string }) => undefined);
const add = (keyId: string) => {
  const run = operatorRun('pii new-key');
  return addSharedKey({ app: undefined, keyring: 'delivery', keyId, run }, { fileOf, tell });
};

describe('SR-84 pnpm ops pii new-key, of a keyring that all apps share', () => {
  it('gives every app the same key', async () => {
    expect(await add('k2')).toBe(true);
    expect(Object.keys(keysOf('auth'))).toEqual(['k1', 'k2']);
    for (const app of appNames) expect(keysOf(app)).toEqual(keysOf('auth'));
    await expect(add('k2')).rejects.toThrow('every app has a key k2 of delivery already');
  });

  it('ends what was begun: an app that has the key gives it to the others', async () => {
    const keys = { ...keysOf('mfa'), k2: 'b25jZQ==' };
    writeFileSync(fileOf('mfa', 'delivery'), JSON.stringify({ current: 'k1', keys }));
    await add('k2');
    for (const app of appNames) expect(keysOf(app)).toEqual(keys);
    expect(tell.mock.calls.map(([app]) => app)).toEqual(appNames.filter((app) => app !== 'mfa'));
  });

  it('SR-86 is given to no app while one cannot tell the ledger of it', async () => {
    tell.mockImplementation(async (app) => {
      if (app === 'admin') throw new Error('no database');
    });
    await expect(add('k2')).rejects.toThrow('no database');
    for (const app of appNames) expect(Object.keys(keysOf(app))).toEqual(['k1']);
  });

  it('changes nothing where one app is not to be changed', async () => {
    writeFileSync(fileOf('admin', 'delivery'), JSON.stringify({ current: '', wrapped: {} }));
    await expect(add('k2')).rejects.toThrow('every app must hold the same key of delivery');
    expect(tell).not.toHaveBeenCalled();
    expect(Object.keys(keysOf('auth'))).toEqual(['k1']);
  });

  it('is refused for one app, which would seal what no other one opens', async () => {
    for (const keyring of ['delivery', 'proof-nonce']) {
      const { status, stderr } = await ops(['pii', 'new-key', 'k1', '--app', 'profile', '--keyring', keyring]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(`every app must hold the same key of ${keyring}`)]);
    }
    const unknown = await ops(['pii', 'new-key', 'k1', '--app', 'profile', '--keyring', 'kekk']);
    expect(unknown.stderr).toContain('there is no keyring "kekk"');
  });
});
