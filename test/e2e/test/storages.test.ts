import { join } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerAccount } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { freePort } from '#free-port.ts';
import { sharedStack } from '#test-stack.ts';
import { passport, sendAvatar, sendDocument } from '#uploads.ts';

const it = sharedStack();
const accounts = {
  SANDBOX_S3_BUCKET: 'files',
  SANDBOX_S3_ACCESS_KEY_ID: 'AKIASTORAGES',
  SANDBOX_S3_SECRET_ACCESS_KEY: 'the secret of the bucket',
  SANDBOX_CLOUDINARY_CLOUD_NAME: 'bank',
  SANDBOX_CLOUDINARY_API_KEY: '120',
  SANDBOX_CLOUDINARY_API_SECRET: 'the secret of the cloud',
};
const stops: (() => Promise<void>)[] = [];
let sandboxUrl: string;

/** A further process of the stack, until this file is done; its address. */
async function start(name: string, folder: string, program: string, env: Record<string, string>): Promise<void> {
  const { PATH = '' } = process.env;
  const cwd = join(repositoryFolder, folder);
  const started = await it.stack.startProcess({
    ...{ name, layer: 'app', command: process.execPath, args: [program], cwd, env: { PATH, ...env } },
  });
  stops.unshift(() => started.stop());
  const [url, path] =
    env['HTTP_PORT'] === undefined
      ? [sandboxUrl, '/api/messages']
      : [`http://127.0.0.1:${env['HTTP_PORT']}`, '/health/ready'];
  await started.untilReady(async () => {
    if (!(await fetch(new URL(path, url))).ok) throw new Error('not ready yet');
  }, 30);
}

beforeAll(async () => {
  const [http, smtp] = [await freePort(), await freePort()];
  sandboxUrl = `http://127.0.0.1:${http}`;
  const ports = { SANDBOX_HTTP_PORT: String(http), SANDBOX_SMTP_PORT: String(smtp) };
  await start('sandbox-storages', 'infra/sandbox', 'src/main.ts', { ...ports, ...accounts });
}, 60_000);
afterAll(async () => {
  for (const stop of stops) await stop();
}, 60_000);

/** A profile that keeps files there, beside those of the stack. */
async function profileWith(provider: 's3' | 'cloudinary'): Promise<string> {
  const [http, rpc] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${http}`;
  await start(`profile-${provider}`, 'apps/profile', 'dist/main.mjs', {
    ...it.stack.environments.profile,
    ...{ HTTP_PORT: String(http), RPC_PORT: String(rpc), API_ORIGINS: url, STORAGE_PROVIDER: provider },
    ...{ S3_ENDPOINT: `${sandboxUrl}/s3`, S3_REGION: 'eu-central-1', S3_BUCKET: accounts.SANDBOX_S3_BUCKET },
    ...{ S3_ACCESS_KEY_ID: accounts.SANDBOX_S3_ACCESS_KEY_ID, CLOUDINARY_BASE_URL: `${sandboxUrl}/cloudinary` },
    S3_SECRET_ACCESS_KEY: accounts.SANDBOX_S3_SECRET_ACCESS_KEY,
    CLOUDINARY_CLOUD_NAME: accounts.SANDBOX_CLOUDINARY_CLOUD_NAME,
    CLOUDINARY_API_KEY: accounts.SANDBOX_CLOUDINARY_API_KEY,
    CLOUDINARY_API_SECRET: accounts.SANDBOX_CLOUDINARY_API_SECRET,
  });
  return url;
}

describe.each(['s3', 'cloudinary'] as const)('files in %s', (provider) => {
  test('a picture and a document go to the storage by its links, and the picture comes back', async () => {
    const { addresses } = it.stack;
    const inbox = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
    const [url, { accessToken: token }] = [await profileWith(provider), await registerAccount(inbox)];
    const client = new GatewayClient(url);
    await client.sendUntil(({ status }) => status === 200, 10_000, 'GET', '/v1/profile', { token });
    const { url: link, upload } = await sendAvatar({ client, token });
    expect(upload.url.startsWith(`${sandboxUrl}/${provider}/`)).toBe(true);
    const shown = await fetch(link);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect(Buffer.from(await shown.arrayBuffer()).toString('latin1', 8, 12)).toBe('WEBP');
    expectStatus(await client.send('DELETE', '/v1/profile/avatar', { token }), 204);
    expect((await fetch(link)).status).toBe(404);
    const id = await sendDocument({ client, token }, passport);
    const kyc = expectStatus<{ case: { documents: unknown[] } }>(await client.send('GET', '/v1/kyc', { token }), 200);
    expect(kyc.case.documents).toMatchObject([{ id, kind: 'passport', uploadedAt: expect.any(String) }]);
  }, 30_000);
});
