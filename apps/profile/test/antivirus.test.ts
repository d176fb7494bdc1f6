import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { request } from '@bank/composition/testing';
import { temporaryFolder } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClamd } from '#adapters/content/antivirus.ts';
import { scanTimeoutMs } from '#features/file/policies.ts';
import { routes } from '#transport/http/routes.ts';
import { givenProfile, ownProfileApp } from './profile-app.ts';
import { completeAvatar, jpeg, sendAvatar } from './uploads.ts';

const path = join(temporaryFolder('clamd'), 'clamd.sock');
const streamBytesMax = 8 * 1024 * 1024;
let answer: (content: Buffer) => string | undefined;
let clamd: Server;

/** Speaks as clamd does: `zINSTREAM`, chunks with their length, and a zero. */
function serve(socket: Socket): void {
  let received = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (part: Buffer) => {
    received = Buffer.concat([received, part]);
    const command = received.indexOf(0);
    if (command === -1) return;
    if (received.toString('latin1', 0, command) !== 'zINSTREAM') return void socket.end('UNKNOWN COMMAND\0');
    const chunks: Buffer[] = [];
    for (let at = command + 1; at + 4 <= received.length; ) {
      const length = received.readUInt32BE(at);
      if (length === 0) return void socket.end(`${answer(Buffer.concat(chunks)) ?? ''}\0`);
      if (at + length > streamBytesMax) return void socket.end('INSTREAM size limit exceeded. ERROR\0');
      if (at + 4 + length > received.length) return;
      chunks.push(received.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
  });
}

beforeAll(async () => {
  clamd = createServer(serve);
  await new Promise<void>((resolve) => clamd.listen(path, resolve));
});
afterAll(() => void clamd.close());

const finding = (content: Buffer) => (content.includes('EICAR') ? 'stream: Eicar-Signature FOUND' : 'stream: OK');

describe('clamd', () => {
  test('is given every byte, in chunks', async () => {
    const sent = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
    let seen: Buffer | undefined;
    answer = (content) => {
      seen = content;
      return 'stream: OK';
    };
    expect(await createClamd({ path }, 5000).isClean(sent)).toBe(true);
    expect(seen?.equals(sent)).toBe(true);
  });

  test('tells what harms by its answer', async () => {
    answer = finding;
    expect(await createClamd({ path }, 5000).isClean(Buffer.from('X5O!P%@AP EICAR test'))).toBe(false);
  });

  test.each([
    ['an error', 'stream: Cannot allocate memory ERROR'],
    ['nothing', ''],
    ['something else', 'PONG'],
  ])('that answers with %s lets nothing pass', async (_, text) => {
    answer = () => text;
    await expect(createClamd({ path }, 5000).isClean(Buffer.from('a'))).rejects.toMatchObject({
      code: 'service.unavailable',
    });
  });

  test('that is away, hangs, or takes no more lets nothing pass', async () => {
    const unavailable = { code: 'service.unavailable' };
    await expect(createClamd({ path: `${path}-none` }, 5000).isClean(Buffer.from('a'))).rejects.toMatchObject(
      unavailable,
    );
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const hanging = createClamd({ host: '127.0.0.1', port }, 100);
    await expect(hanging.isClean(Buffer.from('a'))).rejects.toMatchObject(unavailable);
    silent.close();
    answer = finding;
    const large = Buffer.alloc(streamBytesMax + 1);
    await expect(createClamd({ path }, 5000).isClean(large)).rejects.toMatchObject(unavailable);
  });
});

test.each(routes.filter((route) => route.path.endsWith('/complete')))(
  '$path waits for a scanner that is slow',
  (route) => {
    expect(route.timeoutMs).toBeGreaterThan(scanTimeoutMs);
  },
);

describe('an upload', () => {
  const app = ownProfileApp({ env: { CLAMD_ADDRESS: `unix:${path}` } });

  test('SR-77: in which something is found is refused; one that cannot be looked into waits', async () => {
    const { token } = await givenProfile(app);
    const file = Buffer.concat([await jpeg(), Buffer.from('EICAR')]);
    const { uploadId } = await sendAvatar(app, token, file);
    answer = () => 'stream: lstat() failed ERROR';
    expect((await completeAvatar(app, token, uploadId)).status).toBe(503);
    answer = finding;
    expect(await completeAvatar(app, token, uploadId)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'file', rule: 'malware' }] },
    });
    const clean = await sendAvatar(app, token, await jpeg());
    expect((await completeAvatar(app, token, clean.uploadId)).status).toBe(200);
    expect((await request(app.service, 'GET', '/v1/profile/avatar', { token })).status).toBe(200);
  });
});
