import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret } from '@bank/domain';
import { createMetrics } from '@bank/observability';
import { staticKeyring } from '@bank/security';
import { fixedClock, type TestSandbox, temporaryFolder, testSandbox } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createLinkSigner } from '#adapters/links/link-signer.ts';
import { CloudinaryStorage, cloudinarySignature } from '#adapters/storage/cloudinary-storage.ts';
import { LocalStorage } from '#adapters/storage/local-storage.ts';
import { measured } from '#adapters/storage/measured.ts';
import { S3Storage } from '#adapters/storage/s3-storage.ts';
import type { AnnouncedUpload, PresignedUpload, StorageService } from '#adapters/storage/storage.ts';

const s3Account = { accessKeyId: 'AKIASANDBOX', secretAccessKey: new Secret('the secret of the bucket') };
const cloud = { cloudName: 'bank', apiKey: '123456', apiSecret: new Secret('the secret of the cloud') };
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await testSandbox({
    env: {
      SANDBOX_S3_BUCKET: 'bank-files',
      SANDBOX_S3_ACCESS_KEY_ID: s3Account.accessKeyId,
      SANDBOX_S3_SECRET_ACCESS_KEY: s3Account.secretAccessKey.reveal(),
      SANDBOX_CLOUDINARY_CLOUD_NAME: cloud.cloudName,
      SANDBOX_CLOUDINARY_API_KEY: cloud.apiKey,
      SANDBOX_CLOUDINARY_API_SECRET: cloud.apiSecret.reveal(),
    },
  });
});
afterAll(() => sandbox?.stop());

const bucket = (over: Partial<ConstructorParameters<typeof S3Storage>[0]> = {}) =>
  new S3Storage({
    ...{ bucket: 'bank-files', region: 'eu-central-1', endpoint: sandbox.at('/s3'), credentials: s3Account },
    ...over,
  });
const cloudinary = (over: Partial<ConstructorParameters<typeof CloudinaryStorage>[0]> = {}) =>
  new CloudinaryStorage({ baseUrl: sandbox.at('/cloudinary'), ...cloud, ...over });
const folder = () => {
  const signer = createLinkSigner(staticKeyring('links', { k1: randomBytes(32) }, 'k1'), fixedClock());
  return new LocalStorage({ folder: temporaryFolder('objects'), baseUrl: 'https://api.bank.test', signer });
};

function newKey(): string {
  return `upload-${randomBytes(20).toString('hex')}`;
}

function announced(bytes: Uint8Array): AnnouncedUpload {
  return {
    key: newKey(),
    contentType: 'image/jpeg',
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest(),
    expiresAt: new Date(Date.now() + 300_000),
  };
}

/** What a client does with a presigned upload. */
async function upload({ method, url, headers, fields }: PresignedUpload, bytes: Uint8Array): Promise<number> {
  const { 'content-length': _set, ...given } = headers;
  const file = new Uint8Array(bytes);
  if (fields === undefined) return (await fetch(url, { method, headers: given, body: file })).status;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([file]), 'file');
  return (await fetch(url, { method, body: form })).status;
}

async function contentOf(storage: StorageService, key: string): Promise<Buffer | undefined> {
  const source = await storage.read(key);
  return source === undefined ? undefined : Buffer.concat(await Array.fromAsync(source));
}

describe.each([
  ['a folder', folder],
  ['S3', bucket],
  ['Cloudinary', cloudinary],
])('%s', (_, open: () => StorageService) => {
  test('keeps what is written, until it is deleted', async () => {
    const storage = measured(open(), createMetrics({ service: 'test' }));
    const [key, bytes] = [newKey(), randomBytes(200_000)];
    expect(await storage.head(key)).toBeUndefined();
    expect(await storage.read(key)).toBeUndefined();
    await storage.write(key, bytes);
    expect(await storage.head(key)).toEqual({ sizeBytes: bytes.length });
    expect((await contentOf(storage, key))?.equals(bytes)).toBe(true);
    await storage.write(key, bytes.subarray(1));
    expect(await storage.head(key)).toEqual({ sizeBytes: bytes.length - 1 });
    await storage.delete(key);
    await storage.delete(key);
    expect(await storage.head(key)).toBeUndefined();
  });
});

/** A provider that is sick, for as long as the test. */
async function providerThat(answers: RequestListener): Promise<string> {
  const server = createServer(answers);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each([
  ['S3', (endpoint: string) => bucket({ endpoint, timeoutMs: 200 })],
  ['Cloudinary', (baseUrl: string) => cloudinary({ baseUrl, timeoutMs: 200 })],
])('%s, which', (_, open: (url: string) => StorageService) => {
  const away = { code: 'service.unavailable' };

  test('never answers, is away', async () => {
    const storage = open(await providerThat(() => undefined));
    await expect(storage.head('k')).rejects.toMatchObject(away);
    await expect(storage.read('k')).rejects.toMatchObject(away);
    await expect(storage.write('k', randomBytes(10))).rejects.toMatchObject(away);
    await expect(storage.delete('k')).rejects.toMatchObject(away);
  });

  test.each([
    ['stops in the middle of an object', () => undefined],
    ['breaks off in the middle of an object', (end: () => void) => end()],
  ])('%s, is away', async (_case, then) => {
    const storage = open(
      await providerThat((_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write(randomBytes(10), () => then(() => response.destroy()));
      }),
    );
    await expect(contentOf(storage, 'k')).rejects.toMatchObject(away);
  });
});

describe('a folder', () => {
  test('takes no name that leads out of it', async () => {
    const storage = folder();
    for (const key of ['../../etc/passwd', 'upload-../..', `upload-${'A'.repeat(40)}`, '']) {
      await expect(storage.write(key, new Uint8Array())).rejects.toThrow('not the name');
    }
  });

  test('leaves nothing of what broke off', async () => {
    const storage = folder();
    const bytes = randomBytes(1000);
    const { key, sha256 } = announced(bytes);
    const terms = { key, contentType: 'image/jpeg', sizeBytes: '1000', sha256: Buffer.from(sha256).toString('hex') };
    async function* broken() {
      yield bytes.subarray(0, 500);
      throw new Error('the line broke');
    }
    await expect(storage.receive({ ...terms, expires: '', signature: '' }, broken())).rejects.toThrow('the line broke');
    expect(await storage.head(key)).toBeUndefined();
    expect(await storage.tidy(new Date(Date.now() + 1e10))).toBe(0);
  });
});

describe('S3', () => {
  test('takes by a link exactly what was announced, and gives it by another as a download', async () => {
    const [storage, bytes] = [bucket(), randomBytes(3000)];
    const announcement = announced(bytes);
    const link = await storage.presignUpload(announcement);
    expect(new URL(link.url).searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;content-type;host;x-amz-checksum-sha256;x-amz-server-side-encryption',
    );
    const other = Buffer.from(bytes);
    other[0] = (other[0] ?? 0) ^ 1;
    expect(await upload(link, other)).toBe(400);
    expect(await upload(link, bytes.subarray(1))).toBe(403);
    expect(await upload({ ...link, headers: { ...link.headers, 'content-type': 'text/html' } }, bytes)).toBe(403);
    const { 'x-amz-server-side-encryption': _left, ...unencrypted } = link.headers;
    expect(await upload({ ...link, headers: unencrypted }, bytes)).toBe(403);
    expect(await storage.head(announcement.key)).toBeUndefined();
    expect(await upload(link, bytes)).toBe(200);
    expect((await contentOf(storage, announcement.key))?.equals(bytes)).toBe(true);
  });

  test('takes nothing by a link that is over, and nothing of a stranger', async () => {
    const bytes = randomBytes(10);
    const link = await bucket().presignUpload({ ...announced(bytes), expiresAt: new Date(Date.now() + 1000) });
    const late = new URL(link.url);
    late.searchParams.set('X-Amz-Expires', '600');
    expect(await upload({ ...link, url: late.href }, bytes)).toBe(403);
    const stranger = bucket({ credentials: { ...s3Account, secretAccessKey: new Secret('a guess') } });
    await expect(stranger.write(newKey(), bytes)).rejects.toMatchObject({
      code: 'service.unavailable',
      reason: 'S3: SignatureDoesNotMatch',
    });
    await expect(bucket({ bucket: 'others' }).write(newKey(), bytes)).rejects.toThrow();
    await expect(bucket({ endpoint: 'http://127.0.0.1:1' }).head(newKey())).rejects.toMatchObject({
      code: 'service.unavailable',
    });
  });

  test('encrypts under the key of KMS that is named', async () => {
    const link = await bucket({ kmsKeyId: 'alias/files' }).presignUpload(announced(randomBytes(5)));
    expect(link.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/files',
    });
  });
});

describe('Cloudinary', () => {
  test('takes by a signed form, and gives by a signed link that ends', async () => {
    const [storage, bytes] = [cloudinary(), randomBytes(3000)];
    const announcement = announced(bytes);
    const { key } = announcement;
    const link = await storage.presignUpload(announcement);
    expect(await upload({ ...link, fields: { ...link.fields, public_id: newKey() } }, bytes)).toBe(401);
    expect(await upload({ ...link, fields: { ...link.fields, type: 'upload' } }, bytes)).toBe(401);
    expect(await upload(link, bytes)).toBe(200);
    expect(await storage.head(key)).toEqual({ sizeBytes: 3000 });
    const past = await storage.presignUpload({ ...announcement, expiresAt: new Date(Date.now() - 2000) });
    expect(await upload(past, bytes)).toBe(400);
    const stranger = cloudinary({ apiSecret: new Secret('a guess') });
    await expect(stranger.write(key, bytes)).rejects.toMatchObject({ code: 'service.unavailable' });
  });

  test('is signed as its own library signs, which finds what we wrote and the other way round', async () => {
    const before = process.env['CLOUDINARY_URL'];
    // The library reads its address once, when it is loaded.
    process.env['CLOUDINARY_URL'] =
      `cloudinary://${cloud.apiKey}:${encodeURIComponent(cloud.apiSecret.reveal())}@${cloud.cloudName}?upload_prefix=${sandbox.at('/cloudinary')}`;
    const { v2: library } = await import('cloudinary');
    if (before === undefined) delete process.env['CLOUDINARY_URL'];
    else process.env['CLOUDINARY_URL'] = before;
    library.config({ api_secret: cloud.apiSecret.reveal(), signature_algorithm: 'sha256' });

    const parameters = { public_id: 'a&b=c', timestamp: '1', type: 'authenticated', overwrite: 'true' };
    const secret = cloud.apiSecret.reveal();
    expect(cloudinarySignature(parameters, secret)).toBe(library.utils.api_sign_request(parameters, secret));
    const [storage, ours, theirs, bytes] = [cloudinary(), newKey(), newKey(), randomBytes(500)];
    await storage.write(ours, bytes);
    const raw = { resource_type: 'raw', type: 'authenticated' } as const;
    expect(await library.api.resource(ours, raw)).toMatchObject({ bytes: 500 });
    await new Promise((resolve, reject) => {
      const done = (error: unknown, result: unknown) => (error ? reject(error) : resolve(result));
      library.uploader.upload_stream({ ...raw, public_id: theirs, overwrite: true }, done).end(bytes);
    });
    expect((await contentOf(storage, theirs))?.equals(bytes)).toBe(true);
    await library.uploader.destroy(ours, raw);
    expect(await storage.head(ours)).toBeUndefined();
  });
});
