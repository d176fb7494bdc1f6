import { randomUUID } from 'node:crypto';
import { testHttpServer, testProxy, testRedis, until } from '@bank/testing';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { openGuard, redisChannel } from '../../examples/open-guard.ts';
import { claimsAt, issuerName, jwkOf, newKey, tokenOf } from '../issuer.ts';

it('SR-46 a guard that is opened as the example says knows of a revocation within a second, by Redis', async () => {
  const key = newKey('k1');
  const jwks = await testHttpServer(() => ({ status: 200, body: { keys: [jwkOf(key)] } }));
  const { url, keyPrefix } = testRedis();
  const channel = `${keyPrefix}revocations`;
  const publisher = new Redis(url);
  const { guard, verifier } = await openGuard(
    {
      issuer: issuerName,
      jwksUrl: `${jwks.url}/.well-known/jwks.json`,
      audience: 'payments',
      origins: ['https://payments.bank.example'],
      nonceSecret: new Uint8Array(32).fill(7),
    },
    redisChannel(new Redis(url), channel),
    async () => ({ epoch: 1n, number: 0n, hasMore: false, entries: [] }),
  );
  const sid = randomUUID();
  const token = tokenOf(key, { claims: { ...claimsAt(Date.now()), aud: 'payments', sid } });
  const headers = { authorization: `Bearer ${token}` };
  const admit = async () => (await guard.admit({ method: 'GET', url: '/v1/payments', headers })).kind;

  expect(await admit()).toBe('admitted');
  await publisher.publish(channel, 'no message at all');
  const entry = { number: 1, sid, notBefore: Date.now(), expiresAt: Date.now() + 600_000 };
  await publisher.publish(channel, JSON.stringify({ epoch: 1, number: 1, entries: [entry] }));
  await until(async () => (await admit()) === 'refused', { deadlineMs: 1000 });

  await verifier.stop();
  publisher.disconnect();
  await jwks.close();
});

it('the channel of the example leaves no listeners behind where it cannot subscribe, and can afterwards', async () => {
  const { url, keyPrefix } = testRedis();
  const proxy = await testProxy(url);
  await proxy.cut();
  const redis = new Redis(proxy.url, { maxRetriesPerRequest: 0, retryStrategy: () => 20 });
  redis.on('error', () => undefined);
  const listeners = () => ['close', 'message'].map((event) => redis.listenerCount(event));
  const before = listeners();
  const channel = redisChannel(redis, `${keyPrefix}revocations`);
  const nothing = () => undefined;
  for (let time = 0; time < 3; time += 1) await expect(channel.subscribe(nothing, nothing)).rejects.toThrow('retries');
  expect(listeners()).toEqual(before);
  await proxy.restore();
  await until(() => redis.status === 'ready');
  const unsubscribe = await channel.subscribe(nothing, nothing);
  await unsubscribe();
  await proxy.close();
});
