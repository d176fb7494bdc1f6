import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMigrator, platformTablesV1, provisionStatements, SqlMigration } from '@bank/database';
import { Secret } from '@bank/domain';
import { exportSealed, generateSigningKey, importSealed, publicJwk, staticKeyring } from '@bank/security';
import { type TestDatabase, type TestSandbox, temporaryFolder, testDatabase, testSandbox } from '@bank/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addKey, retireKey, useKey } from '#ops/pii/keyring-keys.ts';
import { rotatePii } from '#ops/pii/rotate.ts';
import { showPiiStatus } from '#ops/pii/status.ts';

const folder = temporaryFolder('ops-pii-auth');
const password = 'test';
const kms = { keyId: 'alias/keyrings', region: 'eu-central-1', accessKeyId: 'AKIATEST', secret: 'a secret of a test' };

/** What the commands look at in auth's schema. */
class Tables extends SqlMigration {
  override statements(): readonly string[] {
    return [
      ...platformTablesV1('auth'),
      'create table auth.signing_keys (kid text constraint signing_keys_pkey primary key, sealed_private bytea not null)',
      'create table auth.identifiers (digest bytea constraint identifiers_pkey primary key, key_id text not null)',
    ];
  }
}

let database: TestDatabase;

beforeAll(async () => {
  for (const name of ['kek', 'blind-index']) writeKeyring(name, { k1: randomBytes(32).toString('base64') });
  database = await testDatabase({ name: 'ops_pii_auth', provision });
  const variables = { ...database.variablesFor('auth_app', password), NODE_ENV: 'test', KEYRING_DIR: folder };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await database?.drop();
});

async function provision(adminUrl: string, name: string): Promise<void> {
  const secret = new Secret(password);
  const admin = new pg.Client(adminUrl);
  await admin.connect();
  const schemas = { auth: { owner: secret, app: secret } };
  for (const statement of provisionStatements({ database: name, schemas })) await admin.query(statement);
  await admin.end();
  const ownerUrl = new Secret(Object.assign(new URL(adminUrl), { username: 'auth_owner', password }).href);
  const migrations = [{ name: '202601010000-tables', class: Tables }];
  const migrator = await createMigrator({ ownerUrl, schema: 'auth', entities: [], migrations });
  await migrator.up();
  await migrator.close();
}

function fileOf(name: string): string {
  return join(folder, `${name}.json`);
}

function writeKeyring(name: string, keys: Record<string, string>): void {
  writeFileSync(fileOf(name), JSON.stringify({ current: 'k1', keys }), { mode: 0o600 });
}

function kek() {
  const { current, keys } = JSON.parse(readFileSync(fileOf('kek'), 'utf8'));
  const bytes = Object.entries<string>(keys).map(([id, text]) => [id, Buffer.from(text, 'base64')]);
  return staticKeyring('kek', Object.fromEntries(bytes), current);
}

/** A command as it is, in this process: whether all is well, and what it printed. */
async function run(command: (args: readonly string[]) => Promise<boolean>, ...args: readonly string[]) {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const isWell = await command([...args, '--app', 'auth']);
    return { isWell, text: printed.mock.calls.join('') };
  } finally {
    printed.mockRestore();
  }
}

describe('SR-84 pnpm ops pii, of auth', () => {
  it('seals signing keys under the new key, which sign as before, and lets the old one go only then', async () => {
    const key = generateSigningKey('2026-01');
    const insert = 'insert into auth.signing_keys values ($1, $2)';
    await database.query(insert, ['2026-01', exportSealed(key, kek())]);
    await run(addKey, 'k2');
    await run(useKey, 'k2');
    const refused = { isWell: false, text: 'auth: k1 is needed by 1 signing keys\n' };
    expect(await run(retireKey, 'k1')).toEqual(refused);

    const rotated = await run(rotatePii);
    expect(rotated).toEqual({ isWell: true, text: 'auth: 0 data keys are wrapped under k2, 1 signing keys too\n' });
    const [row] = await database.query<{ sealed: Buffer }>('select sealed_private as sealed from auth.signing_keys');
    expect(publicJwk(importSealed('2026-01', row?.sealed ?? Buffer.of(), kek()))).toEqual(publicJwk(key));
    expect(await run(rotatePii)).toEqual({ isWell: true, text: 'auth: 0 data keys are wrapped under k2\n' });
    expect(await run(retireKey, 'k1')).toEqual({ isWell: true, text: 'auth: k1 is gone\n' });
  });

  it('keeps an index key while an address is found by it', async () => {
    const of = ['--keyring', 'blind-index'];
    await database.query('insert into auth.identifiers values ($1, $2)', [randomBytes(32), 'k1']);
    await run(addKey, 'k2', ...of);
    await run(useKey, 'k2', ...of);
    const refused = { isWell: false, text: 'auth: k1 is needed by 1 addresses\n' };
    expect(await run(retireKey, 'k1', ...of)).toEqual(refused);
    expect(await run(showPiiStatus)).toMatchObject({ isWell: false });
    await database.query('delete from auth.identifiers');
    expect(await run(retireKey, 'k1', ...of)).toEqual({ isWell: true, text: 'auth: k1 is gone\n' });
  });
});

describe('SR-84 pnpm ops pii, where a key management service wraps the keys', () => {
  let sandbox: TestSandbox;

  beforeAll(async () => {
    sandbox = await testSandbox({
      env: {
        SANDBOX_KMS_ACCESS_KEY_ID: kms.accessKeyId,
        SANDBOX_KMS_SECRET_ACCESS_KEY: kms.secret,
        SANDBOX_KMS_REGION: kms.region,
        SANDBOX_KMS_KEY_ID: kms.keyId,
      },
    });
  });
  afterAll(() => sandbox?.stop());

  it('has the service make the key: none of its bytes is in the file', async () => {
    writeFileSync(fileOf('kek'), JSON.stringify({ current: '', wrapped: {} }), { mode: 0o600 });
    await expect(run(addKey, 'w1')).rejects.toThrow('the keyring is wrapped: set KMS_PROVIDER');
    const account = { AWS_ACCESS_KEY_ID: kms.accessKeyId, AWS_SECRET_ACCESS_KEY: kms.secret };
    const service = { KMS_PROVIDER: 'aws', KMS_KEY_ID: kms.keyId, KMS_REGION: kms.region };
    const variables = { ...account, ...service, KMS_ENDPOINT: sandbox.at('/kms') };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);

    expect(await run(addKey, 'w1')).toEqual({ isWell: true, text: 'auth: w1 is the first key, and the current one\n' });
    const { current, keys, wrapped } = JSON.parse(readFileSync(fileOf('kek'), 'utf8'));
    expect({ current, keys, ids: Object.keys(wrapped) }).toEqual({ current: 'w1', keys: undefined, ids: ['w1'] });
    expect(Buffer.from(wrapped.w1, 'base64').byteLength).toBeGreaterThan(32);
    expect(statSync(fileOf('kek')).mode & 0o777).toBe(0o600);
    expect(await run(addKey, 'w2')).toMatchObject({ isWell: true });
    expect(await run(retireKey, 'w2')).toEqual({ isWell: true, text: 'auth: w2 is gone\n' });
  });

  it('names a signing key that no key of the ring opens, and goes on', async () => {
    const [row] = await database.query<{ sealed: Buffer }>('select sealed_private as sealed from auth.signing_keys');
    const text = [
      'auth: 0 data keys are wrapped under w1',
      'auth: signing key 2026-01 does not open and stays: damaged, or its key is gone',
      'auth: k2 is not in the keyring, and needed by 1 signing keys: put it back',
      '',
    ];
    expect(await run(rotatePii)).toEqual({ isWell: false, text: text.join('\n') });
    const [left] = await database.query<{ sealed: Buffer }>('select sealed_private as sealed from auth.signing_keys');
    expect(left).toEqual(row);
  });

  it('sends nothing to a service that production would reach in plain text', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    vi.stubEnv('KMS_ENDPOINT', 'http://kms.internal');
    const before = readFileSync(fileOf('kek'), 'utf8');
    await expect(run(addKey, 'w3')).rejects.toThrow('KMS_ENDPOINT: production needs TLS');
    expect(readFileSync(fileOf('kek'), 'utf8')).toBe(before);
    vi.stubEnv('NODE_ENV', 'test');
    vi.stubEnv('KMS_ENDPOINT', sandbox.at('/kms'));
  });

  it('adds nothing where the service refuses', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another secret');
    await expect(run(addKey, 'w3')).rejects.toThrow('AWS KMS');
    expect(Object.keys(JSON.parse(readFileSync(fileOf('kek'), 'utf8')).wrapped)).toEqual(['w1']);
  });
});
