import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@bank/proto/health';
import { until } from '@bank/testing';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProbeService, probeMethods } from './support/probe-service.ts';
import { callers, codeOf, failureOf, pem, type RpcWorld, rpcWorld } from './support/rpc-world.ts';

let world: RpcWorld;
beforeAll(async () => {
  world = await rpcWorld();
});
afterAll(() => world.service.stop());

describe('every protocol on one port', () => {
  it.each([
    ['Connect over HTTP/1.1', createConnectTransport, '1.1'],
    ['Connect over HTTP/2', createConnectTransport, '2'],
    ['gRPC', createGrpcTransport, '2'],
    ['gRPC-web', createGrpcWebTransport, '1.1'],
  ] as const)('%s answers and fails alike', async (_name, createTransport, httpVersion) => {
    const nodeOptions = pem(world.profile);
    const client = createClient(ProbeService, createTransport({ baseUrl: world.baseUrl, httpVersion, nodeOptions }));
    expect((await client.say({ value: 'hello' })).value).toBe('hello');
    const error = await failureOf(client.say({ value: 'user.not_found' }));
    expect(error.code).toBe(Code.NotFound);
    expect(error.findDetails(ErrorInfoSchema)[0]).toMatchObject({
      code: 'user.not_found',
      metadata: { retryAfterSeconds: '7', acr: 'aal2', maxAgeSeconds: '60', errors: '[{"path":"a","rule":"b"}]' },
    });
    const numbers = await Array.fromAsync(client.count({ value: '3' }), ({ value }) => value);
    expect(numbers).toEqual(['1', '2', '3']);
  });

  it('takes a stream of messages', async () => {
    const words = (async function* () {
      yield { value: 'a' };
      yield { value: 'b' };
    })();
    expect((await world.client(world.profile).collect(words)).value).toBe('a,b');
  });
});

describe('context, logs and metrics', () => {
  const rpc = 'bank.probe.v1.ProbeService/Say';

  it('follow the call', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const headers = { 'x-request-id': 'request-42', traceparent };
    const { value } = await world.client(world.profile).say({ value: 'context' }, { headers });
    expect(JSON.parse(value)).toMatchObject({ requestId: 'request-42' });
    const told = { requestId: 'request-42', rpc, rpcCode: 'ok', caller: 'profile', actor: 'service:profile' };
    expect(world.log.lines).toContainEqual(expect.objectContaining(told));
  });

  it('tell of refusals, and count everything', async () => {
    await failureOf(world.client(await world.tls.identity('nobody')).say({ value: 'x' }));
    const told = { rpc, rpcCode: 'permission_denied', code: 'access.caller.unknown', caller: 'unknown' };
    expect(world.log.lines).toContainEqual(expect.objectContaining(told));
    const scrape = await (await world.service.fetch(new Request('http://x/metrics'))).text();
    expect(scrape).toMatch(/rpc_request_duration_seconds_count\{[^}]*method="bank\.probe\.v1\.ProbeService\/Say"/);
    expect(scrape).toContain('code="permission_denied",side="server"');
  });

  it('reach into a stream, and its failures carry their code', async () => {
    const headers = { 'x-request-id': 'request-43' };
    for await (const { value } of world.client(world.profile).count({ value: '0' }, { headers })) {
      expect(value).toBe('request-43');
      break;
    }
    const failing = world.client(world.profile).count({ value: '-1' });
    expect(codeOf(await failureOf(failing[Symbol.asyncIterator]().next()))).toBe('user.not_found');
  });
});

describe('grpc.health.v1', () => {
  it('tells readiness for the whole and each service, and changes to who watches', async () => {
    const nodeOptions = pem(await world.tls.identity('monitoring'));
    const transport = createConnectTransport({ baseUrl: world.baseUrl, httpVersion: '2', nodeOptions });
    const health = createClient(Health, transport);
    expect((await health.check({})).status).toBe(ServingStatus.SERVING);
    expect((await health.check({ service: ProbeService.typeName })).status).toBe(ServingStatus.SERVING);
    expect((await failureOf(health.check({ service: 'other' }))).code).toBe(Code.NotFound);
    const told: ServingStatus[] = [];
    for await (const { status } of health.watch({})) {
      told.push(status);
      world.setDown(told.length === 1);
      if (told.length === 3) {
        break;
      }
    }
    expect(told).toEqual([ServingStatus.SERVING, ServingStatus.NOT_SERVING, ServingStatus.SERVING]);
  });
});

describe('files that change', () => {
  it('take force: the caller table', async () => {
    const device = world.client(await world.tls.identity('device'));
    expect((await failureOf(device.say({ value: 'x' }))).code).toBe(Code.PermissionDenied);
    const more = { ...callers, 'spiffe://bank/app/device': { name: 'device', methods: probeMethods } };
    writeFileSync(world.tls.callersFile, JSON.stringify(more));
    await until(() => device.say({ value: 'x' }));
    writeFileSync(world.tls.callersFile, '{"broken');
    await until(() => world.log.lines.some(({ msg }) => String(msg).startsWith('caller table cannot be read')));
    expect((await device.say({ value: 'still' })).value).toBe('still');
  });

  it('SR-68 take force under an open stream: its fields, and whether it may go on', { timeout: 20_000 }, async () => {
    const count = 'bank.probe.v1.ProbeService/Count';
    const list = (row: object) =>
      writeFileSync(world.tls.callersFile, JSON.stringify({ ...callers, 'spiffe://bank/app/device': row }));
    list({ name: 'device', methods: [count], fields: { [count]: ['roles'] } });
    const device = world.client(await world.tls.identity('device'));
    await until(() => Array.fromAsync(device.count({ value: '1' })));
    const told: string[] = [];
    const watch = async () => {
      for await (const { value } of device.count({ value: 'fields' })) told.push(value);
    };
    const watching = failureOf(watch());
    await until(() => told.at(-1) === 'roles');
    list({ name: 'device', methods: [count] });
    await until(() => told.at(-1) === '');
    list({ name: 'device', methods: [] });
    expect(codeOf(await watching)).toBe('access.caller.unknown');
  });

  it('take force: the certificate', async () => {
    const renewed = await world.tls.certificates.issue({ name: 'renewed', uris: ['spiffe://bank/app/renewed'] });
    writeFileSync(world.tls.server.keyFile, renewed.key);
    writeFileSync(world.tls.server.certFile, renewed.cert);
    await until(async () => (await serverNames()).includes('URI:spiffe://bank/app/renewed'));
  });

  it('show in the metrics: in how long the certificate in use expires, and what was refused', async () => {
    const inDays = async () => Number((await metric('tls_certificate_expires_seconds{')) ?? 0) / 86_400;
    const notAfter = new Date(Date.now() + 3 * 86_400_000);
    const brief = await world.tls.certificates.issue({ name: 'brief', uris: ['spiffe://bank/app/brief'], notAfter });
    expect(await inDays()).not.toBeCloseTo(3, 1);
    expect(await metric('reload_refused{file="certificate"')).toBe('0');
    writeFileSync(world.tls.server.keyFile, brief.key);
    await until(async () => (await metric('reload_refused{file="certificate"')) === '1');
    writeFileSync(world.tls.server.certFile, brief.cert);
    await until(async () => (await metric('reload_refused{file="certificate"')) === '0');
    expect(await inDays()).toBeCloseTo(3, 1);
  });

  async function metric(name: string): Promise<string | undefined> {
    const scrape = await (await world.service.fetch(new Request('http://x/metrics'))).text();
    return scrape
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')
      .at(-1);
  }

  function serverNames(): Promise<string> {
    const options = { host: 'localhost', port: world.service.rpcPort, ...pem(world.profile) };
    return new Promise((resolve, reject) => {
      const socket = connect(options, () => {
        resolve(socket.getPeerX509Certificate()?.subjectAltName ?? '');
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }
});

describe('stopping', () => {
  it('ends streams and waits for calls', async () => {
    const client = world.client(world.profile, '2');
    const before = world.context.calls;
    const watching = failureOf(Array.fromAsync(client.count({ value: '0' })));
    const call = client.say({ value: 'wait' }, { timeoutMs: 200 }).catch(ConnectError.from);
    await until(() => world.context.calls > before + 1);
    await world.service.stop();
    expect((await watching).code).toBe(Code.Unavailable);
    expect(await call).toMatchObject({ code: Code.DeadlineExceeded });
  });

  it('is announced to whoever keeps a connection, before the port closes', async () => {
    const { service, profile, baseUrl } = await rpcWorld({ drainDelayMs: 400 });
    const agent = new Agent({ keepAlive: true, ...pem(profile) });
    const call = () => connectionOf(`${baseUrl}/grpc.health.v1.Health/Check`, agent);
    expect(await call()).toBe('keep-alive');
    const stopped = service.stop();
    expect(await call()).toBe('close');
    await stopped;
    agent.destroy();
  });

  it('answers what comes over a connection that was just made, or used before', async () => {
    const { service, profile, baseUrl } = await rpcWorld();
    const open = async () => {
      const socket = connect({ ...pem(profile), host: 'localhost', port: Number(new URL(baseUrl).port) });
      await once(socket, 'secureConnect');
      return socket;
    };
    const ask = async (socket: TLSSocket) => {
      socket.write('POST /grpc.health.v1.Health/Check HTTP/1.1\r\nhost: localhost\r\n');
      socket.write('content-type: application/json\r\ncontent-length: 2\r\n\r\n{}');
      return String((await once(socket, 'data'))[0]);
    };
    const [fresh, used] = [await open(), await open()];
    expect(await ask(used)).toMatch(/^HTTP\/1\.1 200 /);
    const stopped = service.stop();
    await pause(30);
    for (const socket of [fresh, used]) expect(await ask(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: close/i);
    await stopped;
  });

  it('tells a session of HTTP/2 that begins meanwhile to end, instead of cutting it', async () => {
    const { service, profile, baseUrl } = await rpcWorld({ drainDelayMs: 0 });
    const socket = connectTcp(Number(new URL(baseUrl).port), 'localhost');
    await once(socket, 'connect');
    const stopped = service.stop();
    const session = connectHttp2(baseUrl, {
      createConnection: () => connect({ ...pem(profile), socket, servername: 'localhost', ALPNProtocols: ['h2'] }),
    });
    let isTold = false;
    session.once('goaway', () => {
      isTold = true;
    });
    await Promise.all([once(session, 'close'), stopped]);
    expect(isTold).toBe(true);
  });
});

/** What an answer says of its connection. */
async function connectionOf(url: string, agent: Agent): Promise<string | undefined> {
  const asked = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } });
  asked.end('{}');
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.headers.connection;
}
