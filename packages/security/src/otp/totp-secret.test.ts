import { describe, expect, test } from 'vitest';
import { encodeTotpSecret, generateTotpSecret, totpKeyUri } from '#otp/totp-secret.ts';

const secret = Buffer.from('12345678901234567890', 'ascii');

describe('a TOTP secret', () => {
  test('has 160 bits and is never the same', () => {
    const secrets = Array.from({ length: 50 }, () => generateTotpSecret());
    expect(secrets.every(({ length }) => length === 20)).toBe(true);
    expect(new Set(secrets.map(encodeTotpSecret)).size).toBe(50);
  });

  test('is typed in base32', () => {
    expect(encodeTotpSecret(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  });

  test('is scanned as a URI, whatever words are in it', () => {
    const uri = new URL(totpKeyUri({ issuer: 'Bank & Söhne', account: 'My phone: #1', secret }));
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
    expect(decodeURIComponent(uri.pathname)).toBe('/Bank & Söhne:My phone: #1');
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      issuer: 'Bank & Söhne',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});
