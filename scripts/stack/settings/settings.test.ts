import { describe, expect, it } from 'vitest';
import { readSettings, readTestSettings } from '#stack/settings/settings.ts';

const inFile = (values: Record<string, string>) => readSettings({}, new Map(Object.entries(values)));

describe('readSettings', () => {
  it('needs no settings at all', () => {
    expect(readSettings({})).toEqual({
      mayInstall: true,
      mayUseDocker: true,
      pooler: false,
      replicas: 1,
      given: {},
      addressPrefix: '',
      pinnedPorts: new Map(),
      appVariables: {},
    });
  });

  it('prefers the environment to .env', () => {
    const settings = readSettings({ GATEWAY_PORT: '9000' }, new Map([['GATEWAY_PORT', '9001']]));
    expect(settings.pinnedPorts).toEqual(new Map([['GATEWAY_PORT', 9000]]));
  });

  it('takes addresses, ports and what goes to the apps', () => {
    const settings = inFile({
      STACK_INSTALL: '0',
      POSTGRES_URL: 'postgres://me@db:5432/mine',
      POSTGRES_CA_FILE: '/ca.pem',
      AUTH_RPC_PORT: '5201',
      LOG_LEVEL: 'debug',
    });
    expect(settings).toEqual({
      mayInstall: false,
      mayUseDocker: true,
      pooler: false,
      replicas: 1,
      given: { postgres: { url: 'postgres://me@db:5432/mine', variable: 'POSTGRES_URL', caFile: '/ca.pem' } },
      addressPrefix: '',
      pinnedPorts: new Map([['AUTH_RPC_PORT', 5201]]),
      appVariables: { LOG_LEVEL: 'debug' },
    });
  });

  it.each([
    [
      { POSTGRES_ULR: 'x' },
      '.env: POSTGRES_ULR is not a setting of the launcher: those stand in scripts/stack/settings/settings.ts, described in .env.example',
    ],
    [{ GATEWAY_PORT: 'http' }, 'GATEWAY_PORT: must be a port number'],
    [{ GATEWAY_PORT: '80' }, 'GATEWAY_PORT: must be a port from 1024 to 65535'],
    [{ GATEWAY_PORT: '70000' }, 'GATEWAY_PORT: must be a port from 1024 to 65535'],
    [{ STACK_REPLICAS: '0' }, 'STACK_REPLICAS: must be from 1 to 9'],
    [{ STACK_INSTALL: 'no' }, 'STACK_INSTALL: must be 0 or 1'],
    [{ POSTGRES_URL: 'mysql://db' }, 'POSTGRES_URL: must begin with postgres:// or postgresql://'],
    [{ POSTGRES_URL: 'postgres://db/x?sslmode=disable' }, 'POSTGRES_URL: must not carry parameters'],
    [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL: must begin with redis:// or rediss://'],
    [{ RABBITMQ_URL: 'amqp://b' }, 'RABBITMQ_URL and RABBITMQ_MANAGEMENT_URL: give both or neither'],
  ])('refuses %j in one line that names it', (values, message) => {
    expect(() => inFile(values as Record<string, string>)).toThrow(message);
  });
});

describe('readTestSettings', () => {
  it('reads TEST_ addresses and never those of a development stack', () => {
    const env = { POSTGRES_URL: 'postgres://live', REDIS_URL: 'redis://live', TEST_REDIS_URL: 'redis://test' };
    expect(readTestSettings(env)).toMatchObject({
      given: { redis: { url: 'redis://test', variable: 'TEST_REDIS_URL' } },
      addressPrefix: 'TEST_',
    });
  });

  it('names the variable as it was given', () => {
    expect(() => readTestSettings({ TEST_REDIS_URL: 'nonsense' })).toThrow('TEST_REDIS_URL: must begin with');
  });
});
