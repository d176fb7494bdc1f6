import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { fixedClock } from '@bank/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode, jwkOf, newKey, PublishedKeys, signature, startedAt, tokenOf, verifierOf } from './issuer.ts';

const key = newKey('k1');
const edwards = newKey('k2', 'EdDSA');
const verifier = verifierOf(new PublishedKeys(key, edwards), { clock: fixedClock(new Date(startedAt)) });
const invalid = { name: 'DomainError', code: 'auth.token.invalid' };
const good = tokenOf(key);
const [head = '', payload = '', signed = ''] = good.split('.');

test('tokens of both algorithms are verified', async () => {
  await expect(verifier.verify(good)).resolves.toMatchObject({ acr: 'aal1', aud: 'customer', amr: ['pwd', 'device'] });
  await expect(verifier.verify(tokenOf(edwards))).resolves.toMatchObject({ roles: ['customer'] });
});

describe('SR-52: the signature is checked, by an allowed algorithm', () => {
  const publicPem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const hmacHead = encode({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsaInput = `${encode({ alg: 'RS256', typ: 'at+jwt', kid: 'k1' })}.${payload}`;
  const hmac = (secret: string) => createHmac('sha256', secret).update(`${hmacHead}.${payload}`).digest('base64url');

  test.each([
    ['none', `${encode({ alg: 'none', typ: 'at+jwt', kid: 'k1' })}.${payload}.`],
    ['NonE with a signature', `${encode({ alg: 'NonE', typ: 'at+jwt', kid: 'k1' })}.${payload}.${signed}`],
    ['HS256 keyed with the public PEM', `${hmacHead}.${payload}.${hmac(publicPem)}`],
    ['HS256 keyed with the public JWK', `${hmacHead}.${payload}.${hmac(JSON.stringify(jwkOf(key)))}`],
    ['RS256', `${rsaInput}.${createSign('sha256').update(rsaInput).sign(rsa.privateKey, 'base64url')}`],
    ['an algorithm that is not the key’s', tokenOf(key, { header: { alg: 'EdDSA' } })],
    ['a key of the other algorithm', tokenOf(key, { header: { kid: 'k2' } })],
    ['no signature', `${head}.${payload}.`],
    ['a signature of zeros', `${head}.${payload}.${Buffer.alloc(64).toString('base64url')}`],
    [
      'a signature in DER',
      `${head}.${payload}.${createSign('sha256').update(`${head}.${payload}`).sign(key.privateKey, 'base64url')}`,
    ],
    [
      'the signature of another payload',
      `${head}.${encode({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), roles: ['admin'] })}.${signed}`,
    ],
    ['a key of the same name by someone else', tokenOf(newKey('k1'))],
  ])('%s', async (_what, token) => {
    await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
  });
});

describe('SR-53, SR-55: the header is alg, typ and an exact kid, and nothing else', () => {
  test.each([
    ['jku', { jku: 'https://evil.example/jwks.json' }],
    ['x5u', { x5u: 'https://evil.example/cert' }],
    ['jwk', { jwk: jwkOf(newKey('evil')) }],
    ['x5c', { x5c: ['MIIB'] }],
    ['crit', { crit: ['b64'], b64: false }],
    ['zip', { zip: 'DEF' }],
    ['no kid', { kid: undefined }],
    ['an unknown kid', { kid: 'k3' }],
    ['a kid with a path', { kid: '../k1' }],
    ['a kid with SQL', { kid: "' OR 1=1 --" }],
    ['a huge kid', { kid: 'k'.repeat(2000) }],
    ['a kid that is a list', { kid: ['k1'] }],
    ['a kid of the prototype', { kid: '__proto__' }],
    ['typ JWT', { typ: 'JWT' }],
    ['typ of another purpose', { typ: 'approval+jwt' }],
    ['no typ', { typ: undefined }],
  ])('%s', async (_what, header) => {
    await expect(verifier.verify(tokenOf(key, { header }))).rejects.toMatchObject(invalid);
  });

  test.each([
    ['a repeated kid', '{"alg":"ES256","typ":"at+jwt","kid":"k9","kid":"k1"}'],
    ['a list', '["ES256","at+jwt","k1"]'],
    ['not JSON', 'alg=ES256'],
  ])('%s', async (_what, header) => {
    await expect(verifier.verify(tokenOf(key, { header }))).rejects.toMatchObject(invalid);
  });
});

describe('SR-57: only the compact form, in its one spelling, and not too long', () => {
  test.each([
    ['empty', ''],
    ['two parts', `${head}.${payload}`],
    ['four parts', `${good}.x`],
    ['five parts', `${good}.x.x`],
    ['a space before', ` ${good}`],
    ['a line break after', `${good}\n`],
    ['padding', `${good}=`],
    ['base64 instead of base64url', `${head}.${payload}.${signed.slice(0, -1)}+`],
    ['JSON serialisation', JSON.stringify({ protected: head, payload, signature: signed })],
    ['a NUL', `${head}.${payload}.${signed}\u0000`],
    ['a megabyte', `${head}.${'a'.repeat(1_000_000)}.${signed}`],
    ['just over 4 KiB', tokenOf(key, { claims: { padding: 'x'.repeat(2800) } })],
  ])('%s', async (_what, token) => {
    await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
  });

  test('unused bits in the last character do not make a second spelling', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const other = alphabet[alphabet.indexOf(signed.at(-1) ?? '') + 1] ?? '';
    const twin = `${head}.${payload}.${signed.slice(0, -1)}${other}`;
    expect(Buffer.from(twin.split('.')[2] ?? '', 'base64url')).toEqual(Buffer.from(signed, 'base64url'));
    await expect(verifier.verify(twin)).rejects.toMatchObject(invalid);
  });

  test('a payload that is no JSON object, or no UTF-8, is refused although it is signed', async () => {
    const bodies = [
      encode('[]'),
      encode('null'),
      encode('{'),
      Buffer.from('{"sub":"\xff"}', 'latin1').toString('base64url'),
    ];
    for (const body of bodies) {
      const token = `${head}.${body}.${signature(key, `${head}.${body}`)}`;
      await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
    }
  });
});

test('any change of a single character is refused', async () => {
  const position = fc.nat({ max: good.length - 1 });
  const character = fc.constantFrom(...'AQgw059-_.=~ é');
  await fc.assert(
    fc.asyncProperty(position, character, async (at, by) => {
      fc.pre(good[at] !== by);
      const token = good.slice(0, at) + by + good.slice(at + 1);
      await expect(verifier.verify(token)).rejects.toMatchObject(invalid);
    }),
    { numRuns: 300 },
  );
});

test('what a refusal says is for the log and holds nothing of the token', async () => {
  const error: unknown = await verifier.verify(`${head}.${payload}.x`).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ publicMessage: expect.any(String), details: {} });
  expect(String(error)).not.toContain(payload.slice(0, 20));
});
