import { uuidv7 } from '@bank/domain';
import { appNames } from '@bank/scripts/stack';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Account, acceptedTerms, freshEmail, type Place, registerAccount } from '#account.ts';
import { type Exchange, expectStatus, GatewayClient } from '#client.ts';
import { sharedStack } from '#test-stack.ts';
import { expectAlike } from './support/alike.ts';
import { requestLine, sendBytes } from './support/bytes.ts';
import { consoleSession, employ } from './support/console-session.ts';

const it = sharedStack();
let place: Place;
let staff: GatewayClient;
let account: Account;

/** A route of each app that a customer's token opens. */
const customerRoutes = ['/v1/auth/session', '/v1/profile', '/v1/mfa/factors', '/v1/devices'];

beforeAll(async () => {
  const { addresses } = it.stack;
  place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
  staff = new GatewayClient(addresses.staff);
  account = await registerAccount(place);
  const isThere = ({ status }: Exchange) => status === 200;
  await place.client.sendUntil(isThere, 5_000, 'GET', '/v1/profile', { token: account.accessToken });
});

const codeOf = ({ body }: Exchange) => (body as { code?: string } | undefined)?.code;

describe('SR-17 what a client says of itself', () => {
  test.each([
    ['a user', { 'x-user-id': uuidv7(), 'x-internal-user-id': uuidv7(), 'x-internal-roles': 'admin' }],
    ['a certificate', { 'x-forwarded-client-cert': 'URI=spiffe://bank/app/admin', 'x-ssl-client-verify': 'SUCCESS' }],
    ['another address to go to', { 'x-original-uri': '/metrics', 'x-rewrite-url': '/metrics' }],
  ])('%s opens nothing', async (_, headers) => {
    for (const client of [place.client, staff]) {
      expectStatus(await client.send('GET', '/v1/auth/me', { headers }), 401);
    }
  });

  test('a token in the field of the apps among themselves opens nothing', async () => {
    const headers = { 'bank-user-token': account.accessToken };
    expectStatus(await place.client.send('GET', '/v1/auth/me', { headers }), 401);
  });

  test('an address does not change where its requests are counted', async () => {
    const left: number[] = [];
    for (let last = 1; last <= 5; last += 1) {
      const address = `203.0.113.${last}`;
      const headers = { 'x-forwarded-for': address, 'x-real-ip': address, forwarded: `for=${address}` };
      const answer = await place.client.send('POST', '/v1/auth/register/resend', {
        headers: { ...headers, 'true-client-ip': address, 'cf-connecting-ip': address },
        body: { registrationId: uuidv7() },
      });
      left.push(Number(/r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1]));
    }
    expect(left.map((remaining, place) => remaining + place)).toEqual(Array(5).fill(left[0]));
  });

  test('the listener is not for the client to choose', async () => {
    const body = { identifier: account.email, password: account.password, clientId: 'staff-console' };
    const headers = { 'x-bank-listener': 'staff', origin: it.stack.addresses.staff };
    const answer = await place.client.send('POST', '/v1/auth/login', { body, headers });
    expect([answer.status, codeOf(answer)]).toEqual([422, 'auth.client.unknown']);
  });
});

describe('SR-81 what is private', () => {
  const privatePaths = [
    '/health/live',
    '/health/ready',
    '/metrics',
    '/openapi.json',
    '/authorize?audience=user-service',
    '/authorize-upload',
  ];
  const detours = [
    '/v1/auth/..',
    '/v1/auth/%2e%2e',
    '/v1/auth/.%2e',
    '/v1/auth/..%2f',
    '/v1/auth/%5c..',
    '/v1/auth/..;',
    '//',
    '/.',
  ];
  const rpc = [
    '/grpc.health.v1.Health/Check',
    '/bank.user.v1.UserService/GetUser',
    '/v1/auth/bank.user.v1.UserService/GetUser',
  ];

  test('is there on the port of every app', async () => {
    for (const app of appNames) {
      expect((await fetch(`${it.stack.addresses.apps[app].http}/health/live`)).status).toBe(200);
    }
  });

  test('is reached through neither listener, straight or by a detour', async () => {
    const straight = [...privatePaths, ...rpc, '/.env', '/.git/config', '/'];
    const targets = [
      ...straight,
      ...detours.flatMap((detour) => privatePaths.map((path) => `${detour}${path}`)),
      ...privatePaths.map((path) => `http://auth${path}`),
    ];
    for (const url of [it.stack.addresses.gateway, it.stack.addresses.staff]) {
      for (const target of targets) {
        const { status, text } = await sendBytes(url, requestLine(target));
        expect([400, 404], target).toContain(status);
        expect(JSON.parse(text), target).toMatchObject({ status });
      }
    }
  });
});

describe('SR-80 the header of every answer', () => {
  const secure = {
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    server: 'nginx',
  };

  function expectSecure({ status, headers }: { status: number; headers: Headers }): void {
    for (const [name, value] of Object.entries(secure)) expect(headers.get(name), `${name} of a ${status}`).toBe(value);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{8,64}$/);
  }

  test('of the apps, with and without a token', async () => {
    for (const path of customerRoutes) {
      expectSecure(await place.client.send('GET', path, { token: account.accessToken }));
      expectSecure(await place.client.send('GET', path));
    }
    expectSecure(await staff.send('GET', '/v1/admin/audit'));
    expectSecure(await place.client.send('POST', '/v1/auth/login', { body: { identifier: 1 } }));
  });

  test('of the gateway itself, also to what is no request', async () => {
    for (const bytes of [requestLine('/nowhere'), requestLine('/v1//auth'), requestLine('/%zz'), 'rubbish\r\n\r\n']) {
      expectSecure(await sendBytes(it.stack.addresses.gateway, bytes));
    }
  });

  test('allows pages of ours alone', async () => {
    const allowed = async (origin: string) =>
      (await place.client.send('OPTIONS', '/v1/auth/login', { headers: { origin } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed(it.stack.addresses.gateway)).toBe(it.stack.addresses.gateway);
    for (const origin of ['https://evil.example', `${it.stack.addresses.gateway}.evil.example`, 'null']) {
      expect(await allowed(origin)).toBeNull();
    }
  });
});

describe('SR-78 SR-82 requests out of form', () => {
  const canary = 'KanaryBird';
  const json = 'Content-Type: application/json\r\n';
  const posted = (target: string, head: string, body: string, method = 'POST') =>
    `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${head}\r\n${body}`;
  const login = (head: string, body: string) =>
    posted('/v1/auth/login', `${head}Content-Length: ${body.length}\r\n`, body);
  const chunked = (bytes: number) =>
    posted(
      '/v1/auth/login',
      `${json}Transfer-Encoding: chunked\r\n`,
      `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n0\r\n\r\n`,
    );

  test.each([
    ['another method', requestLine('/v1/auth/login'), 405, 'request.method_not_allowed'],
    ['a method of nobody', requestLine('/v1/auth/login', 'PROPFIND'), 405, 'request.method_not_allowed'],
    ['another type', login('Content-Type: text/plain\r\n', canary), 415, 'request.unsupported_type'],
    ['a compressed body', login(`${json}Content-Encoding: gzip\r\n`, canary), 415, 'request.unsupported_type'],
    ['an answer it does not take', login(`${json}Accept: text/html\r\n`, '{}'), 406, 'request.not_acceptable'],
    ['a key twice', login(json, `{"identifier":"${canary}","identifier":"b"}`), 400, 'request.malformed'],
    ['a key of the prototype', login(json, `{"__proto__":{"${canary}":1}}`), 400, 'request.malformed'],
    ['an unfinished body', login(json, `{"identifier":"${canary}`), 400, 'request.malformed'],
    ['a value that is none', login(json, `{"identifier":"${canary}","password":"${canary}"}`), 422, 'request.invalid'],
    ['a parameter twice', requestLine(`/.well-known/jwks.json?a=${canary}&a=2`), 400, 'request.malformed'],
    ['a large body', login(json, 'x'.repeat(70_000)), 413, 'request.too_large'],
    ['a large body in chunks', chunked(70_000), 413, 'request.too_large'],
    ['a huge body in chunks', chunked(300_000), 413, 'request.too_large'],
    [
      'two lengths',
      posted('/v1/auth/login', `${json}Content-Length: 2\r\nContent-Length: 3\r\n`, '{}x'),
      400,
      'request.malformed',
    ],
    [
      'a length and chunks',
      posted('/v1/auth/login', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
      400,
      'request.malformed',
    ],
  ] as const)('%s', async (_, bytes, status, code) => {
    const answer = await sendBytes(it.stack.addresses.gateway, bytes);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = JSON.parse(answer.text);
    expect(problem).toMatchObject({ type: `urn:bank:problem:${code}`, status, code });
    expect(Object.keys(problem)).toEqual(['type', 'title', 'status', 'code', 'detail', 'requestId', 'errors']);
    expect([answer.status, problem.requestId]).toEqual([status, answer.headers.get('x-request-id')]);
    expect(answer.text).not.toContain(canary);
    if (status === 405) expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
  });

  test('safe methods change nothing', async () => {
    const token = account.accessToken;
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      for (const path of ['/v1/auth/logout', '/v1/auth/logout-all', `/v1/auth/sessions/${account.sessionId}`]) {
        expect([204, 405]).toContain((await place.client.send(method, path, { token })).status);
      }
    }
    expectStatus(await place.client.send('GET', '/v1/auth/session', { token }), 200);
  });
});

describe('SR-72 the listener of staff', () => {
  test('alone leads to the routes of staff, and to none of customers', async () => {
    expectStatus(await place.client.send('GET', '/v1/admin/audit'), 404);
    expectStatus(await staff.send('GET', '/v1/admin/audit'), 401);
    for (const path of ['/v1/profile', '/v1/devices', '/.well-known/jwks.json']) {
      expectStatus(await staff.send('GET', path, { token: account.accessToken }), 404);
    }
  });

  test('takes no token of a customer, nor do the routes of customers take one of staff', async () => {
    expectStatus(await staff.send('GET', '/v1/admin/audit', { token: account.accessToken }), 401);
    await employ(it.stack, account, 'support');
    const { accessToken } = await consoleSession(it.stack, place, account);
    for (const path of ['/v1/profile', '/v1/devices']) {
      expectStatus(await place.client.send('GET', path, { token: accessToken }), 401);
    }
  });

  test('has clients of its own, and their cookies are good there alone', async () => {
    const { addresses } = it.stack;
    const body = { identifier: account.email, password: account.password };
    const atStaff = await staff.send('POST', '/v1/auth/login', { body });
    expect(codeOf(atStaff)).toBe('auth.client.unknown');
    await employ(it.stack, account, 'support');
    const { cookie } = await consoleSession(it.stack, place, account);
    const refresh = (client: GatewayClient, origin: string) =>
      client.send('POST', '/v1/auth/token/refresh', { body: {}, headers: { cookie, origin } });
    expectStatus(await refresh(place.client, addresses.gateway), 401);
    expectStatus(await refresh(staff, addresses.staff), 200);
  });
});

describe('SR-15 who has an account', () => {
  const pairs = 40;
  let owners: readonly Account[];

  beforeAll(async () => {
    // Four wrong passwords each: the fifth would lock.
    owners = await Promise.all(Array.from({ length: pairs / 4 }, () => registerAccount(place)));
  }, 60_000);

  const ask = (path: string, body: object) => place.client.send('POST', path, { body });
  const ownerOf = (round: number) => owners[Math.floor(round / 4)] ?? account;
  const strangers = Array.from({ length: pairs / 4 }, freshEmail);
  const strangerOf = (round: number) => strangers[Math.floor(round / 4)];
  const unknown = Array.from({ length: pairs / 4 }, () => uuidv7());
  const unknownOf = (round: number) => unknown[Math.floor(round / 4)] ?? '';

  test('is not told by a wrong password', { timeout: 60_000 }, async () => {
    const login = (identifier: unknown) => ask('/v1/auth/login', { identifier, password: 'not the right one' });
    await expectAlike(
      pairs,
      (round) => login(ownerOf(round).email),
      (round) => login(strangerOf(round)),
    );
  });

  test('is not told by a registration', { timeout: 60_000 }, async () => {
    const body = { password: 'a horse of another colour', acceptedTerms };
    await expectAlike(
      pairs,
      (round) => ask('/v1/auth/register', { ...body, email: ownerOf(round).email }),
      () => ask('/v1/auth/register', { ...body, email: freshEmail() }),
    );
  });

  test('is not told by asking for another code', { timeout: 60_000 }, async () => {
    const resend = (registrationId: string) => ask('/v1/auth/register/resend', { registrationId });
    await expectAlike(
      pairs,
      (round) => resend(ownerOf(round).registrationId),
      (round) => resend(unknownOf(round)),
    );
  });
});
