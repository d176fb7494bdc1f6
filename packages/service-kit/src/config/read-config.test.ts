import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Secret } from '@bank/domain';
import { temporaryFolder } from '@bank/testing';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { baseEnv } from '#config/base-env.ts';
import { ConfigError } from '#config/config-error.ts';
import { readConfig } from '#config/read-config.ts';
import { envList, envOrigins, envUrl } from '#config/values.ts';

const folder = temporaryFolder('config');
const file = join(folder, 'some.pem');
writeFileSync(file, 'x');

const password = 'kQ8zS2vT5xW9yB3nR7';
const schema = v.object({ ...baseEnv, WEB_ORIGINS: v.optional(envOrigins, '') });
const valid = {
  NODE_ENV: 'test',
  HTTP_PORT: '4101',
  RPC_PORT: '4201',
  DATABASE_URL: `postgres://auth_app:${password}@db/bank`,
  REDIS_URL: `redis://:${password}@cache`,
  RABBITMQ_URL: `amqp://auth:${password}@broker/bank`,
  TLS_CA_FILE: file,
  TLS_CERT_FILE: file,
  TLS_KEY_FILE: file,
  RPC_CALLERS_FILE: file,
  TOKEN_ISSUER: 'https://bank.example',
  KEYRING_DIR: folder,
};
const production = {
  ...valid,
  NODE_ENV: 'production',
  DATABASE_CA_FILE: file,
  REDIS_URL: `rediss://:${password}@cache`,
  RABBITMQ_URL: `amqps://auth:${password}@broker/bank`,
};

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(schema, env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : ['another error'];
  }
}

describe('readConfig', () => {
  it('gives values under the names of their variables, frozen', () => {
    const config = readConfig(schema, { ...valid, TRUSTED_PROXIES: '10.0.0.0/8, ::1', LOG_LEVEL: '' });
    expect(config).toMatchObject({ HTTP_PORT: 4101, LOG_LEVEL: 'info', TRUSTED_PROXIES: ['10.0.0.0/8', '::1'] });
    expect(config.DATABASE_URL.reveal()).toContain('auth_app');
    expect(Object.isFrozen(config) && Object.isFrozen(config.TRUSTED_PROXIES)).toBe(true);
    expect(inspect(config) + JSON.stringify(config)).not.toContain(password);
  });

  it('names every problem at once, and no value', () => {
    const problems = problemsOf({ ...valid, HTTP_PORT: '70000', RPC_PORT: undefined, REDIS_URL: 'http://x:hunter2@y' });
    expect(problems).toEqual([
      'HTTP_PORT: must be a whole number from 0 to 65535',
      'RPC_PORT: is missing',
      'REDIS_URL: must be a URL starting with redis:// or rediss://',
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('reads NAME_FILE in the place of NAME, but not both', () => {
    const secretFile = join(folder, 'redis-url');
    writeFileSync(secretFile, 'redis://cache\n');
    const { REDIS_URL: _, ...rest } = valid;
    expect(readConfig(schema, { ...rest, REDIS_URL_FILE: secretFile }).REDIS_URL.reveal()).toBe('redis://cache');
    expect(problemsOf({ ...valid, REDIS_URL_FILE: secretFile })).toEqual([
      'REDIS_URL: set it or REDIS_URL_FILE, not both',
    ]);
    expect(problemsOf({ ...rest, REDIS_URL_FILE: '/nowhere' })).toEqual([
      'REDIS_URL_FILE: must name a file that can be read',
    ]);
  });

  it('is production when nothing is said', () => {
    const { NODE_ENV: _, ...rest } = valid;
    expect(problemsOf(rest)).toContain('REDIS_URL: production needs TLS: use rediss://');
  });

  it.each([
    ['a missing file', { TLS_KEY_FILE: '/nowhere' }, 'TLS_KEY_FILE: must name a file that can be read'],
    ['a folder for a file', { TLS_KEY_FILE: folder }, 'TLS_KEY_FILE: must name a file that can be read'],
    ['a proxy that is no network', { TRUSTED_PROXIES: 'gateway' }, /^TRUSTED_PROXIES: must be networks/],
    ['an origin with a path', { WEB_ORIGINS: 'https://a.example/app' }, /^WEB_ORIGINS: must be origins/],
    [
      'credentials in a public address',
      { TOKEN_ISSUER: 'https://a:b@c' },
      'TOKEN_ISSUER: must not contain credentials',
    ],
    ['text that is no URL', { TOKEN_ISSUER: 'bank' }, /^TOKEN_ISSUER: must be a URL/],
  ])('refuses %s', (_name, change, problem) => {
    expect(problemsOf({ ...valid, ...change })).toEqual([
      problem instanceof RegExp ? expect.stringMatching(problem) : problem,
    ]);
  });
});

describe('SR-68 SR-84 production', () => {
  it('takes verified TLS and real secrets', () => {
    expect(problemsOf(production)).toEqual([]);
    const url = `${production.DATABASE_URL}?sslmode=verify-full`;
    expect(problemsOf({ ...production, DATABASE_CA_FILE: undefined, DATABASE_URL: url })).toEqual([]);
  });

  it.each<[string, Record<string, string | undefined>, RegExp]>([
    ['unverified Postgres', { DATABASE_CA_FILE: undefined }, /^DATABASE_URL: production needs verified TLS/],
    ['Postgres that may skip TLS', { DATABASE_URL: `${valid.DATABASE_URL}?sslmode=prefer` }, /^DATABASE_URL: .*TLS/],
    ['plain Redis', { REDIS_URL: valid.REDIS_URL }, /^REDIS_URL: production needs TLS/],
    ['plain RabbitMQ', { RABBITMQ_URL: valid.RABBITMQ_URL }, /^RABBITMQ_URL: production needs TLS/],
    ['a KMS by plain HTTP', { KMS_ENDPOINT: 'HTTP://kms.internal' }, /^KMS_ENDPOINT: production needs TLS/],
    ['an issuer by plain HTTP', { TOKEN_ISSUER: 'http://bank.example' }, /^TOKEN_ISSUER: production needs TLS/],
    [
      'a secret address by plain HTTP',
      { SENTRY_DSN: 'http://key@sentry.internal/1' },
      /^SENTRY_DSN: production needs TLS/,
    ],
    ['one of a list by plain HTTP', { WEB_ORIGINS: 'https://a.example,http://b.example' }, /^WEB_ORIGINS: .* TLS/],
    ['a name that begins like this machine', { KMS_ENDPOINT: 'http://127.0.0.1.example' }, /^KMS_ENDPOINT: .* TLS/],
    ['no password', { REDIS_URL: 'rediss://cache' }, /^REDIS_URL: the password/],
    ['a short password', { REDIS_URL: 'rediss://:kQ8zS2vT@cache' }, /^REDIS_URL: the password/],
    ['a telling password', { REDIS_URL: 'rediss://:development-secret-1@cache' }, /^REDIS_URL: the password/],
    ['wide limits', { RATE_LIMIT_IP_MULTIPLIER: '100' }, /^RATE_LIMIT_IP_MULTIPLIER: must be 1/],
  ])('refuses %s', (_name, change, problem) => {
    expect(problemsOf({ ...production, ...change })).toEqual([expect.stringMatching(problem)]);
  });

  it.each(['http://127.0.0.1:8443', 'http://localhost', 'http://[0:0::1]/kms'])('takes %s, on this machine', (url) => {
    expect(problemsOf({ ...production, KMS_ENDPOINT: url })).toEqual([]);
  });

  it('refuses files of the development stack', () => {
    const { TLS_KEY_FILE: _, ...entries } = baseEnv;
    const loose = v.object({ ...entries, TLS_KEY_FILE: v.string() });
    expect(() => readConfig(loose, { ...production, TLS_KEY_FILE: '/srv/bank/.stack/tls/auth.key' })).toThrow(
      'TLS_KEY_FILE: must not be a development secret in production',
    );
  });
});

describe('values', () => {
  it('split lists and drop what is empty', () => {
    expect(v.parse(envList, 'a, b,,c ')).toEqual(['a', 'b', 'c']);
  });

  it('keep secrets out of sight', () => {
    expect(String(v.parse(baseEnv.SENTRY_DSN, 'https://key@sentry/1'))).toBe(String(new Secret('')));
  });

  it('check the scheme of a URL', () => {
    expect(v.safeParse(envUrl('https'), 'http://x').success).toBe(false);
  });
});
