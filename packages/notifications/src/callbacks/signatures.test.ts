import { generateKeyPairSync, sign } from 'node:crypto';
import { Secret } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { isFromSendgrid, readSendgridKey } from '#callbacks/sendgrid-signature.ts';
import { isFromTwilio } from '#callbacks/twilio-signature.ts';

describe('SR-90 isFromTwilio', () => {
  // The example of Twilio's documentation and of its own libraries.
  const example = {
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    fields: new Map([
      ['To', '+18005551212'],
      ['CallSid', 'CA1234567890ABCDE'],
      ['Digits', '1234'],
      ['From', '+14158675309'],
      ['Caller', '+14158675309'],
    ]),
    signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
  };
  const token = new Secret('12345');

  test('believes what Twilio has signed', () => {
    expect(isFromTwilio(token, example)).toBe(true);
  });

  test.each([
    ['another token', new Secret('12346'), {}],
    ['another address', token, { url: 'https://mycompany.com/myapp.php?foo=1&bar=3' }],
    ['another value', token, { fields: new Map([...example.fields, ['Digits', '1235']]) }],
    ['one field more', token, { fields: new Map([...example.fields, ['Extra', '']]) }],
    ['no signature', token, { signature: '' }],
    ['half of it', token, { signature: 'RSOYDt4T1cUTdK1PDd' }],
  ])('does not believe %s', (_, secret, changes) => {
    expect(isFromTwilio(secret, { ...example, ...changes })).toBe(false);
  });
});

describe('SR-90 isFromSendgrid', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = readSendgridKey(publicKey.export({ type: 'spki', format: 'der' }).toString('base64'));
  const timestamp = '1764100000';
  const body = Buffer.from('[{"event":"delivered"}]\r\n');
  const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), body]), privateKey).toString('base64');

  test('believes what was signed, to the last byte', () => {
    expect(isFromSendgrid(key, { timestamp, body, signature })).toBe(true);
    expect(isFromSendgrid(key, { timestamp, body: body.subarray(0, -1), signature })).toBe(false);
    expect(isFromSendgrid(key, { timestamp: '1764100001', body, signature })).toBe(false);
    for (const other of ['', 'AAAA', signature.slice(4)]) {
      expect(isFromSendgrid(key, { timestamp, body, signature: other })).toBe(false);
    }
  });

  test('takes keys of P-256 alone', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
    expect(() => readSendgridKey(other.export({ type: 'spki', format: 'der' }).toString('base64'))).toThrow('P-256');
    expect(() => readSendgridKey('nonsense')).toThrow();
  });
});
