import { Writable } from 'node:stream';
import { Secret } from '@bank/domain';
import { createLogger } from '@bank/observability';
import { type TestCertificates, testCertificates, testProxy, testRedis, until } from '@bank/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis, type RedisConnection } from '#index.ts';
import { type ConnectedRedis, connectedRedis, silent } from './support/redis.ts';

async function elapsedMs(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

describe('the connection', () => {
  let connected: ConnectedRedis;

  beforeEach(async () => {
    connected = await connectedRedis();
  });

  afterEach(() => connected.close());

  it('fails commands at once while Redis is away, and comes back by itself', async () => {
    const { redis, proxy } = connected;
    await redis.ping();
    await proxy.cut();
    await until(() => !redis.isReady());
    expect(await elapsedMs(expect(redis.ping()).rejects.toThrow())).toBeLessThan(50);
    await proxy.restore();
    await until(() => redis.ping().then(() => true));
  });

  it('waits 250 ms for a Redis that hangs, for one second, and then no more', async () => {
    const { redis, proxy } = connected;
    proxy.hang();
    expect(await elapsedMs(expect(redis.ping()).rejects.toThrow('Command timed out'))).toBeLessThan(400);
    await until(() => !redis.isReady(), { deadlineMs: 2000 });
    expect(await elapsedMs(expect(redis.ping()).rejects.toThrow())).toBeLessThan(50);
    await proxy.restore();
    await until(() => redis.ping().then(() => true));
  });

  it('is not dropped because nobody uses it', async () => {
    const longerThanTheSocketTimeout = { deadlineMs: 1200 };
    await expect(until(() => !connected.redis.isReady(), longerThanTheSocketTimeout)).rejects.toThrow();
  });
});

describe('the log of the connection', () => {
  it('has one line when Redis goes and one when it comes', async () => {
    let lines = '';
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines += String(chunk);
        done();
      },
    });
    const { redis, proxy, close } = await connectedRedis(createLogger({ service: 'test', level: 'info', destination }));
    await proxy.cut();
    await until(() => redis.client.status === 'reconnecting');
    await until(() => lines.includes('Redis is away'));
    await proxy.restore();
    await until(() => lines.includes('Redis is back'));
    expect(lines.match(/Redis is away/g)).toHaveLength(1);
    expect(lines.match(/Redis is back/g)).toHaveLength(1);
    await close();
  });
});

describe('TLS (SR-68)', () => {
  let trusted: TestCertificates;
  let redis: RedisConnection | undefined;

  beforeAll(async () => {
    trusted = await testCertificates();
  });

  afterEach(() => redis?.close());

  async function connectOverTls(leaf: { dns: string[]; ips: string[] }, caFile: string): Promise<RedisConnection> {
    const { url, keyPrefix } = testRedis();
    const { cert, key } = await trusted.issue({ name: 'redis', ...leaf });
    const proxy = await testProxy(url, { tls: { cert, key }, protocol: 'rediss:' });
    redis = connectRedis({ url: new Secret(proxy.url), caFile, keyPrefix, service: 'test', logger: silent });
    return redis;
  }

  it('works with a certificate of the given authority', async () => {
    const connection = await connectOverTls({ dns: ['localhost'], ips: ['127.0.0.1'] }, trusted.caFile);
    await until(() => connection.ping().then(() => true));
  });

  it('is refused with a certificate of another authority', async () => {
    const stranger = await testCertificates();
    const connection = await connectOverTls({ dns: ['localhost'], ips: ['127.0.0.1'] }, stranger.caFile);
    const [error] = await new Promise<Error[]>((resolve) => connection.client.once('error', (one) => resolve([one])));
    expect(error).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    expect(connection.isReady()).toBe(false);
  });

  it('is refused with a certificate for another host', async () => {
    const connection = await connectOverTls({ dns: ['elsewhere.bank'], ips: [] }, trusted.caFile);
    const [error] = await new Promise<Error[]>((resolve) => connection.client.once('error', (one) => resolve([one])));
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(connection.isReady()).toBe(false);
  });

  it.each([
    ['redis://localhost', 'a CA file is given, but the address of Redis is not rediss://'],
    ['http://localhost', 'the address of Redis must begin with redis:// or rediss://'],
  ])('refuses the address %s', (url, problem) => {
    const options = { url: new Secret(url), keyPrefix: 'x:', service: 'test', logger: silent };
    expect(() => connectRedis({ ...options, caFile: trusted.caFile })).toThrow(problem);
  });
});
