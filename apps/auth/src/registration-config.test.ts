import { Resolver } from 'node:dns/promises';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { registrationEnv } from '#registration-config.ts';

const { DNS_SERVERS: servers } = registrationEnv;

describe('DNS_SERVERS', () => {
  it.each([
    '10.0.0.53',
    '10.0.0.53:5353',
    '::1',
    '[::1]',
    '[::1]:53',
    '1:2:3:4:5:6:7:8',
    '[1:2:3:4:5:6:7:8]:65535',
    '10.0.0.53, 2001:db8::53',
  ])('are %s, and the resolver takes them', (text) => {
    const { success, output } = v.safeParse(servers, text);
    expect(success).toBe(true);
    expect(() => new Resolver().setServers(output as string[])).not.toThrow();
  });

  it.each([
    'dns.example',
    '10.0.0.53/24',
    '10.0.0.53?x',
    '10.0.0.53#x',
    'x@10.0.0.53',
    '10.0.0.53:',
    '10.0.0.53:0',
    '10.0.0.53:65536',
    '10.0.0:53',
    '010.0.0.53',
    '[10.0.0.53]:53',
    '[::1]:',
    '[::1]x',
    '[::1',
    '10.0.0.53,dns.example',
  ])('are not %s', (text) => {
    expect(v.safeParse(servers, text).success).toBe(false);
  });
});
