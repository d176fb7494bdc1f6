import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '@bank/observability';
import { KeyManagementFailed } from '@bank/security';
import { temporaryFolder, testSandbox } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openKeyManagement } from '#keys/key-management.ts';
import { openKeyringFolder } from '#keys/keyrings.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const account = {
  keyId: 'alias/keyrings',
  region: 'eu-central-1',
  accessKeyId: 'AKIATEST',
  secret: 'a secret of a test',
};
let sandbox: Awaited<ReturnType<typeof testSandbox>>;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', account.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', account.secret);
  sandbox = await testSandbox({
    env: {
      SANDBOX_KMS_ACCESS_KEY_ID: account.accessKeyId,
      SANDBOX_KMS_SECRET_ACCESS_KEY: account.secret,
      SANDBOX_KMS_REGION: account.region,
      SANDBOX_KMS_KEY_ID: account.keyId,
    },
  });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox?.stop();
});

const config = () => ({
  KMS_PROVIDER: 'aws' as const,
  KMS_KEY_ID: account.keyId,
  KMS_REGION: account.region,
  KMS_ENDPOINT: sandbox.at('/kms'),
});

/** A keyring file whose keys the service made. */
async function given(...ids: readonly string[]) {
  const keyManagement = await openKeyManagement(config());
  if (keyManagement === undefined) throw new Error('there is no service');
  const folder = temporaryFolder('wrapped');
  const wrapped: Record<string, string> = {};
  const add = async (id: string) => {
    const made = await keyManagement.generate({ app: 'profile', keyring: 'kek', key: id });
    wrapped[id] = Buffer.from(made.wrapped).toString('base64');
    writeFileSync(join(folder, 'kek.json.new'), JSON.stringify({ current: id, wrapped }));
    renameSync(join(folder, 'kek.json.new'), join(folder, 'kek.json'));
    return made.key;
  };
  const keys = [];
  for (const id of ids) keys.push(await add(id));
  return { add, folder, keyManagement, keys };
}

describe('AWS KMS', () => {
  test('unwraps a keyring at the start, and a key that is added while the process runs', async () => {
    const { add, folder, keyManagement, keys } = await given('k1');
    const options = { app: 'profile', keyManagement, logger };
    const keyrings = await openKeyringFolder({ KEYRING_DIR: folder, NODE_ENV: 'production' }, options);
    onTestFinished(() => keyrings.close());
    const kek = keyrings.open('kek');
    expect(Buffer.from(kek.current().bytes)).toEqual(Buffer.from(keys[0] ?? []));
    const second = await add('k2');
    await vi.waitFor(() => expect(kek.current().id).toBe('k2'), { timeout: 8000 });
    expect(Buffer.from(kek.current().bytes)).toEqual(Buffer.from(second));
    expect(kek.find('k1')).toBeDefined();
  });

  test('SR-84: unwraps a key for no other app, and says what failed without a secret', async () => {
    const { folder, keyManagement } = await given('k1');
    const opening = openKeyringFolder(
      { KEYRING_DIR: folder, NODE_ENV: 'production' },
      { app: 'auth', keyManagement, logger },
    );
    await expect(opening).rejects.toThrow('key k1 of keyring kek of auth: AWS KMS: InvalidCiphertextException');
    await expect(opening).rejects.toMatchObject({ passes: false });
  });

  test('tells what passes from what does not', async () => {
    const { keyManagement } = await given();
    const away = keyManagement.generate({ app: 'away', keyring: 'kek', key: 'k1' });
    await expect(away).rejects.toBeInstanceOf(KeyManagementFailed);
    await expect(away).rejects.toMatchObject({ passes: true });
    const nobody = await openKeyManagement({ ...config(), KMS_ENDPOINT: 'http://127.0.0.1:1' });
    await expect(nobody?.generate({ app: 'profile', keyring: 'kek', key: 'k1' })).rejects.toMatchObject({
      passes: true,
    });
  });

  test('is not there unless it is configured, and not without its key', async () => {
    expect(await openKeyManagement({})).toBeUndefined();
    await expect(openKeyManagement({ KMS_PROVIDER: 'aws' })).rejects.toThrow('KMS_PROVIDER needs KMS_KEY_ID');
    const { folder } = await given('k1');
    const keyrings = await openKeyringFolder(
      { KEYRING_DIR: folder, NODE_ENV: 'production' },
      { app: 'profile', keyManagement: undefined, logger },
    );
    expect(() => keyrings.open('kek')).toThrow('must be {"current"');
  });
});
