import { connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { gzipSync } from 'node:zlib';
import { create, toBinary } from '@bufbuild/protobuf';
import { StringValueSchema } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, failureOf, pem, type RpcWorld, rpcWorld } from './support/rpc-world.ts';

let world: RpcWorld;
beforeAll(async () => {
  world = await rpcWorld();
});
afterAll(() => world.service.stop());

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** A call written by hand, over HTTP/1.1. */
function post(method: string, body: Uint8Array, headers: Record<string, string>): Promise<Answer> {
  const url = `${world.baseUrl}/bank.probe.v1.ProbeService/${method}`;
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, { method: 'POST', headers, ...pem(world.profile) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The gRPC status of a call whose bytes are written by hand. */
function grpcStatus(path: string, bytes: Uint8Array): Promise<unknown> {
  const session = connect(world.baseUrl, pem(world.profile));
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc+proto', te: 'trailers' };
  const stream = session.request(headers);
  const status = new Promise((resolve) => {
    stream.on('response', (response) => response['grpc-status'] && resolve(response['grpc-status']));
    stream.on('trailers', (trailers) => resolve(trailers['grpc-status']));
  });
  stream.resume().write(bytes);
  return status.finally(() => session.destroy());
}

const binary = (value: string) => toBinary(StringValueSchema, create(StringValueSchema, { value }));
const proto = { 'content-type': 'application/proto' };

describe('SR-79 the size of a message', () => {
  it('is at most 1 MiB as it comes', async () => {
    const error = await failureOf(world.client(world.profile).say({ value: 'x'.repeat(1 << 20) }));
    expect(error.code).toBe(Code.ResourceExhausted);
  });

  it('is at most 1 MiB decompressed', async () => {
    const bomb = gzipSync(binary('x'.repeat(50 << 20)));
    expect(bomb.byteLength).toBeLessThan(1 << 17);
    const before = world.context.calls;
    const { body, status } = await post('Say', bomb, { ...proto, 'content-encoding': 'gzip' });
    expect(status).toBe(429);
    expect(JSON.parse(body)).toMatchObject({ code: 'resource_exhausted' });
    expect(world.context.calls).toBe(before);
  });

  it('is refused when a frame announces 100 MB', async () => {
    const start = Buffer.concat([Buffer.from([0, 0x06, 0, 0, 0]), Buffer.alloc(64 * 1024)]);
    expect(await grpcStatus('/bank.probe.v1.ProbeService/Say', start)).toBe(String(Code.ResourceExhausted));
  });
});

describe('SR-79 the time of a call', () => {
  it.each(['hang', 'wait'])('ends without a deadline of its own, when its handler does %s', async (value) => {
    const startedAt = performance.now();
    const error = await failureOf(world.client(world.profile).say({ value }));
    expect(error.code).toBe(Code.DeadlineExceeded);
    expect(codeOf(error)).toBe('service.deadline');
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('ends at its own deadline', async () => {
    const error = await failureOf(world.client(world.profile).say({ value: 'hang' }, { timeoutMs: 50 }));
    expect(error.code).toBe(Code.DeadlineExceeded);
  });

  it('ends for a caller that never finishes its message', async () => {
    const request = httpsRequest(`${world.baseUrl}/bank.probe.v1.ProbeService/Say`, {
      method: 'POST',
      headers: { ...proto, 'content-length': '100' },
      ...pem(world.profile),
    });
    const ended = new Promise((resolve) => request.on('error', resolve).on('response', resolve));
    request.write('x');
    expect(await ended).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('SR-79 what is shown', () => {
  it.each(['/bank.probe.v1.ProbeService/Nothing', '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo'])(
    'is nothing at %s',
    async (path) => {
      expect(await grpcStatus(path, new Uint8Array())).toBe(String(Code.Unimplemented));
    },
  );

  it('is no more to Connect', async () => {
    const { body, status } = await post('Nothing', new Uint8Array(), proto);
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ code: 'unimplemented' });
  });

  it('is nothing of a message that does not parse', async () => {
    const canary = 'canary-77';
    const json = { 'content-type': 'application/json' };
    const answers = await Promise.all([
      post('Say', Buffer.from(JSON.stringify({ [canary]: canary })), json),
      post('Say', Buffer.from(`"${canary}`), json),
      post('Say', Buffer.from([0xff, 0xff]), proto),
      post('Say', Buffer.from('x'), { ...proto, 'content-encoding': 'br' }),
      post('Say', Buffer.from('x'), { ...proto, 'content-encoding': canary }),
      post('Say', Buffer.from('x'), { ...proto, 'connect-timeout-ms': canary }),
      post('Collect', Buffer.from([0, 0, 0, 0, 1, 0xff]), { 'content-type': 'application/connect+json' }),
    ]);
    for (const { body, status } of answers.slice(0, -1)) {
      // 501 is what the Connect protocol wants for a coding that is not known.
      expect(status).toSatisfy((answered) => answered === 400 || answered === 501);
      expect(body).not.toContain('canary');
    }
    expect(answers.at(-1)?.body).toContain('request.malformed');
  });

  it('is nothing about an accident', async () => {
    const error = await failureOf(world.client(world.profile).say({ value: 'accident' }));
    expect(error).toMatchObject({ code: Code.Internal, rawMessage: 'Something went wrong on our side.' });
    expect(codeOf(error)).toBe('service.internal');
  });
});
