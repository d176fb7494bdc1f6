import { expect, test } from 'vitest';
import { readSandboxConfig } from '#config.ts';

test('nothing said means the documented addresses, on this machine only', () => {
  expect(readSandboxConfig({})).toEqual({
    host: '127.0.0.1',
    httpPort: 8025,
    smtpPort: 2525,
    slowMs: 10_000,
    platform: undefined,
    carriers: {},
    lookups: {},
  });
});

test('with certificates the services of the platform are served, and the broker may be left out', () => {
  expect(readSandboxConfig({ SANDBOX_TLS_DIR: '/tls', SANDBOX_AUDIT_PORT: '1' }).platform).toEqual({
    tlsFolder: '/tls',
    auditPort: 1,
    notificationPort: 4292,
    kycPort: 4293,
    broker: undefined,
  });
});

test.each(['80a', '-1', '65536', '1.5'])('SANDBOX_SMTP_PORT=%s is refused by name', (port) => {
  expect(() => readSandboxConfig({ SANDBOX_SMTP_PORT: port })).toThrow('SANDBOX_SMTP_PORT must be');
});
