import { serviceAddress, testProxy, until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { freshEmail, password, refresh, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';

const redis = await testProxy(serviceAddress('TEST_REDIS_URL'));
const auth = await startAuth({ env: { REDIS_URL: redis.url, RATE_LIMIT_IP_MULTIPLIER: '1' } });

describe('SR-19 without Redis', () => {
  it('limits stay limits, sign-in and sign-out go on, and what is revoked stays revoked', {
    timeout: 120_000,
  }, async () => {
    const [account, other, guessed] = [await register(auth), await register(auth), await register(auth)];
    await redis.cut();
    expect((await signIn(auth, account)).status).toBe(200);
    expect((await refresh(auth, other.refreshToken)).status).toBe(200);
    await post(auth, '/v1/auth/logout', undefined, { token: account.accessToken });
    // Without pushes the list is asked again every five seconds; until it was, a token may still pass or be told to wait.
    const statusOf = async (token: string) => (await get(auth, '/v1/auth/session', token)).status;
    await until(async () => (await statusOf(account.accessToken)) === 401, { deadlineMs: 15_000 });
    await until(async () => (await statusOf(other.accessToken)) === 200, { deadlineMs: 15_000 });

    const guesses: number[] = [];
    for (let guess = 0; guess < 200; guess += 1) {
      const body = { identifier: freshEmail(), password };
      guesses.push((await post(auth, '/v1/auth/login', body)).status);
    }
    expect(guesses.filter((status) => status === 401).length).toBeLessThanOrEqual(100);
    expect(guesses.at(-1)).toBe(429);

    const judged: number[] = [];
    for (let guess = 0; guess < 200; guess += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${guess}` };
      const body = { identifier: guessed.email, password: 'not the right one' };
      judged.push((await post(auth, '/v1/auth/login', body, { headers })).status);
    }
    expect(judged).toEqual([...Array(5).fill(401), ...Array(195).fill(429)]);
    await redis.restore();
    await redis.close();
  });
});
