import { createHash, createHmac } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readStorages } from '#protocols/storages/accounts.ts';
import { createSandbox } from '#sandbox.ts';

const s3 = { bucket: 'files', accessKeyId: 'AKIA1', secretAccessKey: 'the secret of the bucket' };
const cloudinary = { cloudName: 'bank', apiKey: '12', apiSecret: 'the secret of the cloud' };

async function started(): Promise<(path: string) => string> {
  const sandbox = createSandbox({
    ...{ host: '127.0.0.1', httpPort: 0, smtpPort: 0, slowMs: 50, platform: undefined, carriers: {} },
    storages: { s3, cloudinary },
  });
  const { inbox } = await sandbox.start();
  onTestFinished(() => sandbox.stop());
  return (path) => new URL(path, inbox).href;
}

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest();
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** A request signed in its header, as "Signature Version 4" has it. */
function signed(url: string, method: string, headers: Record<string, string>, body = '') {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const target = new URL(url);
  const all: Record<string, string> = {
    ...headers,
    ...{ host: target.host, 'x-amz-date': date, 'x-amz-content-sha256': sha256(body).toString('hex') },
  };
  const names = Object.keys(all).sort();
  const canonical = [
    ...[method, target.pathname, ''],
    ...[names.map((name) => `${name}:${all[name]}\n`).join(''), names.join(';'), all['x-amz-content-sha256']],
  ].join('\n');
  const scope = `${date.slice(0, 8)}/eu-central-1/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical).toString('hex')].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${s3.secretAccessKey}`);
  const signature = hmac(key as Buffer, text).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${s3.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const { host: _host, ...sent } = all;
  return { method, headers: { ...sent, authorization }, ...(method === 'PUT' && { body }) };
}

const encrypted = { 'content-type': 'text/plain', 'x-amz-server-side-encryption': 'AES256' };

describe('S3', () => {
  test('keeps, shows and deletes an object for whoever signs', async () => {
    const url = (await started())('/s3/files/a');
    expect((await fetch(url, signed(url, 'PUT', encrypted, 'hello'))).status).toBe(200);
    const head = await fetch(url, signed(url, 'HEAD', {}));
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '5']);
    expect(await (await fetch(url, signed(url, 'GET', {}))).text()).toBe('hello');
    expect((await fetch(url, signed(url, 'DELETE', {}))).status).toBe(204);
    expect((await fetch(url, signed(url, 'GET', {}))).status).toBe(404);
  });

  test('refuses what is not signed, not as it was signed, or not encrypted', async () => {
    const at = await started();
    const url = at('/s3/files/a');
    const good = signed(url, 'PUT', encrypted, 'hello');
    const codeOf = async (request: RequestInit, target = url) => {
      const answer = await fetch(target, request);
      return `${answer.status} ${/<Code>(\w+)</.exec(await answer.text())?.[1]}`;
    };
    expect(await codeOf({})).toBe('403 AccessDenied');
    expect(await codeOf({ ...good, method: 'DELETE', body: null })).toBe('403 SignatureDoesNotMatch');
    expect(await codeOf({ ...good, body: 'hullo' })).toBe('400 XAmzContentSHA256Mismatch');
    expect(await codeOf(good, at('/s3/files/b'))).toBe('403 SignatureDoesNotMatch');
    expect(await codeOf({ ...good, headers: { ...good.headers, 'x-amz-acl': 'public-read' } })).toBe(
      '403 AccessDenied',
    );
    expect(await codeOf(signed(url, 'PUT', { 'content-type': 'text/plain' }, 'hello'))).toBe('403 AccessDenied');
    const checksum = { ...encrypted, 'x-amz-checksum-sha256': sha256('other').toString('base64') };
    expect(await codeOf(signed(url, 'PUT', checksum, 'hello'))).toBe('400 BadDigest');
    const elsewhere = at('/s3/others/a');
    expect(await codeOf(signed(elsewhere, 'PUT', encrypted, 'hello'), elsewhere)).toBe('404 NoSuchBucket');
    const old = { ...good.headers, 'x-amz-date': '20200101T000000Z' };
    expect(await codeOf({ ...good, headers: old })).toBe('403 SignatureDoesNotMatch');
  });
});

describe('Cloudinary', () => {
  test.each(['sha1', 'sha256'])('takes a form that is signed by %s, and no other', async (algorithm) => {
    const at = await started();
    const timestamp = String(Math.floor(Date.now() / 1000));
    const form = (changes: Record<string, string> = {}) => {
      const parameters = { public_id: 'a', timestamp, type: 'authenticated' };
      const text = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
      const signature = createHash(algorithm)
        .update(text.join('&') + cloudinary.apiSecret)
        .digest('hex');
      const body = new FormData();
      const fields = { ...parameters, signature, api_key: cloudinary.apiKey, ...changes };
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      body.append('file', new Blob(['hello']));
      return { method: 'POST', body };
    };
    const upload = at('/cloudinary/v1_1/bank/raw/upload');
    expect((await fetch(upload, form({ public_id: 'b' }))).status).toBe(401);
    expect((await fetch(upload, form({ api_key: '13' }))).status).toBe(401);
    expect(await (await fetch(upload, form())).json()).toMatchObject({ public_id: 'a', bytes: 5 });
    const show = at('/cloudinary/v1_1/bank/resources/raw/authenticated/a');
    expect((await fetch(show)).status).toBe(401);
    const authorization = `Basic ${btoa(`${cloudinary.apiKey}:${cloudinary.apiSecret}`)}`;
    expect(await (await fetch(show, { headers: { authorization } })).json()).toMatchObject({ bytes: 5 });
  });
});

test('accounts are read whole or not at all', () => {
  expect(readStorages({})).toBeUndefined();
  expect(() => readStorages({ SANDBOX_S3_BUCKET: 'files' })).toThrow('SANDBOX_S3_ACCESS_KEY_ID is missing');
  const env = { SANDBOX_S3_BUCKET: 'b', SANDBOX_S3_ACCESS_KEY_ID: 'i', SANDBOX_S3_SECRET_ACCESS_KEY: 's' };
  expect(readStorages(env)?.s3).toEqual({ bucket: 'b', accessKeyId: 'i', secretAccessKey: 's' });
});
