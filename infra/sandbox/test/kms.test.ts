import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSandbox } from '#sandbox.ts';

const account = {
  accessKeyId: 'AKIASANDBOX',
  secretAccessKey: 'a secret of the sandbox',
  region: 'eu-central-1',
  keyId: 'alias/keyrings',
};
const [KeyId, KeySpec] = [account.keyId, 'AES_256'] as const;
const EncryptionContext = { app: 'profile', key: 'k1' };

/** The SDK of AWS, in front of a sandbox that ends with the test. */
async function client(changes: Partial<typeof account> = {}): Promise<KMSClient> {
  const sandbox = createSandbox({
    ...{ host: '127.0.0.1', httpPort: 0, smtpPort: 0, slowMs: 50, platform: undefined, carriers: {} },
    kms: account,
  });
  const { inbox } = await sandbox.start();
  onTestFinished(() => sandbox.stop());
  const { region, ...credentials } = { ...account, ...changes };
  return new KMSClient({ endpoint: `${inbox}/kms`, region, credentials, maxAttempts: 1 });
}

describe('kms', () => {
  test('unwraps what it wrapped, for the same context alone', async () => {
    const kms = await client();
    const { Plaintext, CiphertextBlob } = await kms.send(
      new GenerateDataKeyCommand({ KeyId, KeySpec, EncryptionContext }),
    );
    expect(Plaintext).toHaveLength(32);
    const again = { key: 'k1', app: 'profile' };
    const opened = await kms.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext: again }));
    expect(opened.Plaintext).toEqual(Plaintext);
    const moved = new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext: { ...again, app: 'auth' } });
    await expect(kms.send(moved)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  test.each([
    ['another secret', { secretAccessKey: 'another' }, 'InvalidSignatureException'],
    ['another account', { accessKeyId: 'AKIAOTHER' }, 'UnrecognizedClientException'],
    ['another region', { region: 'eu-west-1' }, 'InvalidSignatureException'],
  ])('refuses %s', async (_, changes, name) => {
    const kms = await client(changes);
    const command = new GenerateDataKeyCommand({ KeyId, KeySpec, EncryptionContext });
    await expect(kms.send(command)).rejects.toMatchObject({ name });
  });

  test('refuses a request that was changed after it was signed, and one without a signature', async () => {
    const kms = await client();
    kms.middlewareStack.add(
      (next) => async (args) => {
        const request = args.request as { body: string | Uint8Array };
        request.body = Buffer.from(request.body).toString('utf8').replace('"k1"', '"k2"');
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const command = new GenerateDataKeyCommand({ KeyId, KeySpec, EncryptionContext });
    await expect(kms.send(command)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    const { protocol, hostname, port, path } = (await kms.config.endpoint?.()) ?? { path: '' };
    const answer = await fetch(`${protocol}//${hostname}:${port}${path}/`, { method: 'POST', body: '{}' });
    expect(await answer.json()).toMatchObject({ __type: 'IncompleteSignatureException' });
  });

  test('knows one key, and can be away', async () => {
    const kms = await client();
    const other = new GenerateDataKeyCommand({ KeyId: 'alias/other', KeySpec, EncryptionContext });
    await expect(kms.send(other)).rejects.toMatchObject({ name: 'NotFoundException' });
    const away = new GenerateDataKeyCommand({ KeyId, KeySpec, EncryptionContext: { app: 'away' } });
    await expect(kms.send(away)).rejects.toMatchObject({ $fault: 'server' });
  });
});
