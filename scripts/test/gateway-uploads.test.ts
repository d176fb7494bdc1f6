import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { errorCatalogue } from '@bank/domain';
import { until } from '@bank/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '#test/gateway-under-test.ts';

// Files that are sent to the folder of profile: by links, about which the gateway asks before it reads anything of the file.
const link = (signature: string, key = '1') => `/v1/files/objects/upload-${key}?signature=${signature}`;
const questions: IncomingMessage[] = [];
/** Targets of the files that the app was asked to take, told when their heads are there. */
const begun: (string | undefined)[] = [];
/** What the app was given: the target, and how much of it. */
const received: { url: string | undefined; bytes: number }[] = [];
const sockets: Socket[] = [];
const sizeBytes = 600_000;

/** Profile, as far as the gateway knows it. */
async function profile(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/authorize-upload') {
    questions.push(request);
    const target = String(request.headers['x-original-uri']);
    if (target.includes('cut')) return void request.socket.destroy();
    const status = target.includes('right') ? 204 : Number(/\d{3}$/.exec(target)?.[0] ?? 403);
    return void response.writeHead(status).end();
  }
  begun.push(request.url);
  let bytes = 0;
  for await (const chunk of request) bytes += (chunk as Buffer).length;
  received.push({ url: request.url, bytes });
  response.writeHead(204).end();
}

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest({ profile: (request, response) => void profile(request, response) });
});
afterEach(() => {
  questions.length = 0;
  begun.length = 0;
  received.length = 0;
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => gateway.stop());

/** A client that has sent two thirds of a file, more than the gateway keeps in memory. */
async function sendHalf(target: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: gateway.publicPort });
  sockets.push(socket);
  socket.on('error', () => undefined); // refused while it sends
  await once(socket, 'connect');
  socket.write(`PUT ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${sizeBytes}\r\n\r\n`);
  socket.write('x'.repeat(400_000));
  return socket;
}

async function answerOf(socket: Socket): Promise<string> {
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

const put = (target: string) => fetch(gateway.publicUrl + target, { method: 'PUT', body: 'x'.repeat(sizeBytes) });

describe('SR-78 a file whose link holds', () => {
  it('is taken at its pace, and costs the app no time: it gets the file when it is whole', async () => {
    const socket = await sendHalf(link('right', '1'));
    await until(() => questions.length === 1);
    expect((await put(link('right', '2'))).status).toBe(204);
    expect(begun).toEqual([link('right', '2')]);
    socket.write('x'.repeat(200_000));
    expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 204 /);
    expect(received).toEqual(['2', '1'].map((key) => ({ url: link('right', key), bytes: sizeBytes })));
  });

  it('was asked about with its target, and without anything of the file', async () => {
    await put(link('right'));
    expect(questions).toMatchObject([{ method: 'GET', headers: { 'x-original-uri': link('right'), host: 'profile' } }]);
    expect(questions[0]?.headers).not.toHaveProperty('content-length');
  });

  it('is sent twice at a time at most: 429', async () => {
    const first = [await sendHalf(link('right')), await sendHalf(link('right'))];
    await until(() => questions.length === 2);
    const refused = await put(link('right'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused.json()).toMatchObject({ code: 'request.rate_limited' });
    expect((await put(link('right', '2'))).status).toBe(204);
    for (const socket of first) socket.destroy();
    await until(async () => (await put(link('right'))).status === 204);
  });
});

describe('SR-78 a file whose link does not hold', () => {
  it('is refused before it is sent, as profile would refuse it', async () => {
    const answer = await answerOf(await sendHalf(link('forged')));
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({
      status: 403,
      code: 'file.link.invalid',
      detail: errorCatalogue['file.link.invalid'].message,
    });
    expect(received).toEqual([]);
  });

  it('is refused to what looks like a preflight as well', async () => {
    const headers = { 'access-control-request-method': 'PUT' };
    const init = { method: 'OPTIONS', headers, body: 'x'.repeat(sizeBytes) };
    expect((await fetch(gateway.publicUrl + link('forged'), init)).status).toBe(403);
    expect(received).toEqual([]);
  });

  it.each(['cut', '400', '429', '500', '503'])('503 when nobody knows whether it does (%s)', async (what) => {
    const response = await put(link(what));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ code: 'service.unavailable' });
    expect(received).toEqual([]);
  });

  it('413 for more than any file may have', async () => {
    const response = await fetch(gateway.publicUrl + link('right'), { method: 'PUT', body: 'x'.repeat(10_500_000) });
    expect([response.status, questions]).toEqual([413, []]);
  });

  it('leaves nothing on the disk of the gateway', async () => {
    // nginx unlinks a temporary file as soon as it is made: without their folder it can make none, and says so.
    rmSync(join(gateway.folder, 'client-body'), { recursive: true });
    expect(await answerOf(await sendHalf(link('right')))).toMatch(/^HTTP\/1\.1 503 /);
    expect(await answerOf(await sendHalf(link('forged')))).toMatch(/^HTTP\/1\.1 403 /);
    expect((await put(link('forged'))).status).toBe(403);
  });
});
