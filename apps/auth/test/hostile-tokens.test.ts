import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { JsonObject } from '@bank/domain';
import { signJwt } from '@bank/security';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Colleague, colleague, staffClients } from './support/colleagues.ts';
import { get } from './support/http.ts';
import { onBehalfOf } from './support/rpc.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { claimsOf } from './support/staff.ts';

const auth = await sharedAuth();
const { sessions } = await staffClients(auth);
const audience = 'user-service-staff';
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let person: Colleague;
let jwk: Record<string, string>;
beforeAll(async () => {
  person = await colleague(auth, 'compliance');
  [jwk = {}] = (await get(auth, '/.well-known/jwks.json')).body.keys;
});

/** Whether a token opens anything, on each of the ways to be somebody. */
async function opens(token: string): Promise<boolean[]> {
  const settled = (call: Promise<unknown>) =>
    call.then(
      () => true,
      () => false,
    );
  // What cannot be a header value is refused by the client of the test already.
  const status = (path: string) =>
    get(auth, path, token).then(
      ({ status }) => status < 300,
      () => false,
    );
  const introspected = sessions.introspectToken({ token, audience }).then(
    ({ active }) => active,
    () => false,
  );
  return Promise.all([
    status('/v1/auth/session'),
    status(`/authorize?audience=${audience}`),
    introspected,
    settled(Promise.resolve().then(() => sessions.listSessions({ userId: person.id }, onBehalfOf(token)))),
  ]);
}

const nobody = [false, false, false, false];
const everybody = [true, true, true, true];
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const parts = () => person.accessToken.split('.') as [string, string, string];
const header = () => JSON.parse(Buffer.from(parts()[0], 'base64url').toString()) as Record<string, string>;

/** The real claims, changed, under the real key. */
function issued(changes: JsonObject, typ = 'at+jwt'): string {
  const claims = { ...claimsOf(person.accessToken), ...changes };
  return signJwt(auth.ctx.keyRing.current(auth.ctx.clock.now()), typ, JSON.parse(JSON.stringify(claims)));
}

/** The real claims under a key of somebody else, with what they write into the header. */
function forged(changes: object): string {
  const input = `${encode({ ...header(), ...changes })}.${parts()[1]}`;
  const key = { key: stranger.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

function hmac(secret: string): string {
  const input = `${encode({ ...header(), alg: 'HS256' })}.${parts()[1]}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

it('the token itself opens all four', async () => {
  expect(await opens(person.accessToken)).toEqual(everybody);
  expect(await opens(issued({}))).toEqual(everybody);
});

describe('SR-52 a token opens nothing', () => {
  it.each<[string, () => string]>([
    ['with alg none', () => `${encode({ ...header(), alg: 'none' })}.${parts()[1]}.`],
    ['with alg NonE and a signature', () => `${encode({ ...header(), alg: 'NonE' })}.${parts()[1]}.${parts()[2]}`],
    ['by HS256 under the public JWK', () => hmac(JSON.stringify(jwk))],
    ['by HS256 under a coordinate of it', () => hmac(jwk['x'] ?? '')],
    [
      'with another algorithm in its header',
      () => `${encode({ ...header(), alg: 'RS256' })}.${parts()[1]}.${parts()[2]}`,
    ],
    ['with EdDSA in its header', () => forged({ alg: 'EdDSA' })],
    ['without its signature', () => `${parts()[0]}.${parts()[1]}.`],
    ['without its last part', () => `${parts()[0]}.${parts()[1]}`],
    ['with a cut signature', () => person.accessToken.slice(0, -2)],
    ['under a key of somebody else', () => forged({})],
  ])('%s', async (_how, token) => {
    expect(await opens(token())).toEqual(nobody);
  });
});

describe('SR-53 a header leads nowhere', () => {
  const publicJwk = stranger.publicKey.export({ format: 'jwk' });

  it.each<[string, object]>([
    ['jku', { jku: 'https://evil.example/jwks.json' }],
    ['x5u', { x5u: 'https://evil.example/cert.pem' }],
    ['jwk', { jwk: publicJwk }],
    ['jwk in place of a kid', { kid: undefined, jwk: publicJwk }],
    ['x5c', { x5c: ['MIIB'] }],
    ['a kid with a path', { kid: '../../dev/null' }],
    ['a kid with a condition', { kid: "x' or '1'='1" }],
    ['a kid of a prototype', { kid: '__proto__' }],
    ['a huge kid', { kid: 'k'.repeat(2000) }],
    ['a list of kids', { kid: ['a', 'b'] }],
  ])('%s', async (_what, changes) => {
    expect(await opens(forged(changes))).toEqual(nobody);
  });
});

describe('SR-54 times are numbers, and now', () => {
  const now = () => Math.floor(auth.clock.now().getTime() / 1000);

  it.each<[string, () => JsonObject]>([
    ['exp 0', () => ({ exp: 0 })],
    ['a negative exp', () => ({ exp: -now() })],
    ['exp as text', () => ({ exp: String(now() + 100) })],
    ['exp in milliseconds', () => ({ exp: (now() + 100) * 1000 })],
    ['no exp', () => ({ exp: undefined as never })],
    ['exp null', () => ({ exp: null })],
    ['an exp that is over', () => ({ iat: now() - 100, exp: now() - 11 })],
    ['a life of a day', () => ({ exp: now() + 86_400 })],
    ['no iat', () => ({ iat: undefined as never })],
    ['an iat of the future', () => ({ iat: now() + 60, exp: now() + 120 })],
    ['an nbf over a minute ahead', () => ({ nbf: now() + 61 })],
    ['an nbf as text', () => ({ nbf: String(now() - 10) })],
  ])('%s', async (_what, changes) => {
    expect(await opens(issued(changes()))).toEqual(nobody);
  });

  it('ten seconds of skew are forgiven', async () => {
    expect(await opens(issued({ nbf: now() + 5, iat: now() + 5, exp: now() + 100 }))).toEqual(everybody);
  });
});

describe('SR-55, SR-56 a token of ours is for its kind, issuer and audience alone', () => {
  it.each(['JWT', 'approval+jwt', 'dpop+jwt', 'AT+JWT', 'application/at+jwt', ''])('typ %j', async (typ) => {
    expect(await opens(issued({}, typ))).toEqual(nobody);
  });

  it.each<[string, JsonObject]>([
    ['another issuer', { iss: 'https://id.evil.example' }],
    ['the issuer with a slash', { iss: 'https://id.bank.example/' }],
    ['no issuer', { iss: undefined as never }],
    ['another audience', { aud: 'payments' }],
    ['a list of audiences', { aud: ['user-service', audience] }],
    ['no audience', { aud: undefined as never }],
    ['the audience in capitals', { aud: audience.toUpperCase() }],
  ])('%s', async (_what, changes) => {
    expect(await opens(issued(changes))).toEqual(nobody);
  });
});

describe('SR-57 a token has one form', () => {
  it.each<[string, () => string]>([
    ['JSON', () => JSON.stringify({ protected: parts()[0], payload: parts()[1], signature: parts()[2] })],
    ['a space in it', () => person.accessToken.replace('.', '. ')],
    ['a tab behind it', () => `${person.accessToken}\tx`],
    ['padding', () => `${parts()[0]}.${parts()[1]}==.${parts()[2]}`],
    ['four parts', () => `${person.accessToken}.${parts()[2]}`],
    ['five parts, as if encrypted', () => `${person.accessToken}.e30.e30`],
    ['base64 of the other alphabet', () => `${parts()[0]}.${parts()[1]}.+${parts()[2].slice(1)}`],
    ['another spelling of the same bytes', () => otherSpelling(person.accessToken)],
    ['8 KB', () => issued({ filler: 'x'.repeat(8000) })],
    ['a megabyte', () => `${parts()[0]}.${'A'.repeat(1_000_000)}.${parts()[2]}`],
  ])('%s', async (_what, token) => {
    expect(await opens(token())).toEqual(nobody);
  });
});

/** 64 bytes leave four bits of the last character unused: one of the fifteen spellings that decode to the same. */
function otherSpelling(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet.charAt(alphabet.indexOf(token.slice(-1)) + 1);
}
