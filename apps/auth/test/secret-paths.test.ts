import { DomainError } from '@bank/domain';
import { addressGroups } from '@bank/service-kit';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { freshEmail, password } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { accountWithPhone } from './support/phones.ts';
import { guessesOf, passwordPathsOf, secretPaths } from './support/secret-paths.ts';

const multiplier = 10;
const auth = await startAuth({
  env: {
    RATE_LIMIT_IP_MULTIPLIER: String(multiplier),
    SMS_PER_PREFIX_PER_HOUR: '100000',
    SMS_PER_HOUR: '100000',
  },
});

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

/** The fields of a body that are called like a secret. */
function secretsOf(body: unknown): string[] {
  const entries = (body as { entries?: object } | undefined)?.entries ?? {};
  return Object.keys(entries).filter((name) => /password|^code$|token$|response|^recoveryCode$|secret/i.test(name));
}

describe('SR-13 every path that takes a secret', () => {
  it('stands in one table, with what bounds guessing', () => {
    const found = routes
      .map(({ method, path, ...route }) => ({
        name: `${method} ${path}`,
        secrets: secretsOf('body' in route && route.body),
      }))
      .filter(({ secrets }) => secrets.length > 0);
    const listed = Object.entries(secretPaths).map(([name, fields]) => ({ name, secrets: Object.keys(fields).sort() }));
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(found.map(({ name, secrets }) => ({ name, secrets: secrets.sort() })).sort(byName)).toEqual(
      listed.sort(byName),
    );
  });
});

describe('SR-13 a lock of the password', () => {
  const paths = passwordPathsOf(auth);
  const names = Object.keys(paths);

  it.each(names)('that %s brings about holds on all', async (via) => {
    const owner = await accountWithPhone(auth);
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await paths[via]?.(owner, 'not the right one'))?.body.code).toBe('auth.credentials.invalid');
    }
    for (const name of names) {
      const refused = await paths[name]?.(owner, password);
      expect([name, refused?.status, refused?.body.code]).toEqual([name, 429, 'auth.credentials.locked']);
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('is reached by guesses that are spread over all', async () => {
    const owner = await accountWithPhone(auth);
    const guesses = [...names, names[0] ?? ''];
    for (const name of guesses) expect((await paths[name]?.(owner, 'not the right one'))?.status).toBe(401);
    for (const name of names) expect((await paths[name]?.(owner, password))?.status).toBe(429);
  });
});

describe('SR-14 an attempt that finds no place among those that are hashed', () => {
  const paths = passwordPathsOf(auth);
  const busy = () => Promise.reject(new DomainError('service.overloaded', { details: { retryAfterSeconds: 1 } }));

  it.each(Object.keys(paths))('counts for nothing at %s, and the lock that it brought about is none', async (name) => {
    const owner = await accountWithPhone(auth);
    for (let tries = 0; tries < 4; tries += 1) await paths[name]?.(owner, 'not the right one');
    const verify = vi.spyOn(auth.ctx.hasher, 'verify').mockImplementation(busy);
    for (let tries = 0; tries < 6; tries += 1) {
      const refused = await paths[name]?.(owner, password);
      expect([refused?.status, refused?.body.code]).toEqual([503, 'service.overloaded']);
    }
    verify.mockRestore();
    expect([200, 204]).toContain((await paths[name]?.(owner, password))?.status);
  });

  it('counts for nothing where there is nobody', async () => {
    const signIn = (identifier: string) => post(auth, '/v1/auth/login', { identifier, password });
    const nobody = freshEmail();
    const decoy = vi.spyOn(auth.ctx.hasher, 'decoy').mockImplementation(busy);
    for (let tries = 0; tries < 6; tries += 1) expect((await signIn(nobody)).status).toBe(503);
    decoy.mockRestore();
    expect((await signIn(nobody)).status).toBe(401);
  });
});

describe('SR-13 the failures of a client address', () => {
  const guesses = guessesOf(auth);
  let addresses = 0;

  /** An address that has one failure left. */
  async function spentAddress(): Promise<string> {
    addresses += 1;
    const address = `198.51.100.${addresses}`;
    const points = 100 * multiplier;
    const limit = { points, windowSeconds: 600 };
    await auth.ctx.rateLimits.consume(`sign-in-failures:${addressGroups(address)[0].name}`, limit, points - 1);
    return address;
  }

  const someGuess = (address: string) =>
    post(auth, '/v1/auth/login', { identifier: freshEmail(), password }, { headers: { 'x-forwarded-for': address } });

  it.each(Object.keys(guesses))('count a wrong secret at %s, and stop it', async (name) => {
    const guess = await guesses[name]?.();
    const address = await spentAddress();
    const wrong = await guess?.(address);
    expect([401, 422]).toContain(wrong?.status);
    expect((await someGuess(address)).status).toBe(429);
    const stopped = await guess?.(address);
    expect([stopped?.status, stopped?.body.code]).toEqual([429, 'request.rate_limited']);
    expect((await guess?.('203.0.113.9'))?.status).toBe(wrong?.status);
  });
});
