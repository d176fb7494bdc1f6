import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { audiences, errorCatalogue } from '@bank/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '#test/gateway-under-test.ts';

// Another service of the bank behind our nginx, which asks auth about every request to it (auth_request).
const identity = {
  'x-internal-user-id': '0198c0de-0000-7000-8000-000000000001',
  'x-internal-session-id': '0198c0de-0000-7000-8000-000000000002',
  'x-internal-device-id': '',
  'x-internal-acr': 'aal2',
  'x-internal-amr': 'pwd otp',
  'x-internal-roles': 'customer',
  'x-internal-auth-time': '1790000000',
};
const challenge = 'Bearer realm="user-service"';
const stepUp = `${challenge}, error="insufficient_user_authentication", acr_values="aal2", max_age="300"`;

/** What auth answers to each token, as `apps/auth/test/tokens.test.ts` sees it do. */
const answers: Readonly<Record<string, readonly [status: number, headers: Record<string, string>]>> = {
  good: [204, identity],
  bad: [401, { 'www-authenticate': `${challenge}, error="invalid_token"` }],
  unproven: [401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n-1' }],
  weak: [403, { 'www-authenticate': stepUp, 'dpop-nonce': 'n-2' }],
  proven: [204, { ...identity, 'dpop-nonce': 'n-3' }],
  other: [403, {}],
  misasked: [400, {}],
  broken: [500, {}],
  away: [503, { 'retry-after': '1' }],
};

const questions: { url: string | undefined; method: string | undefined; headers: IncomingMessage['headers'] }[] = [];
const auth: RequestListener = (request, response) => {
  questions.push({ url: request.url, method: request.method, headers: request.headers });
  const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
  if (token === 'cut') return request.socket.destroy();
  const [status, headers] = answers[token] ?? [401, { 'www-authenticate': challenge }];
  return response.writeHead(status, headers).end();
};

const reached: {
  url: string | undefined;
  method: string | undefined;
  body: string;
  headers: IncomingMessage['headers'];
}[] = [];
const payments = createServer(async (request, response) => {
  const body = (await Array.fromAsync(request)).join('');
  reached.push({ url: request.url, method: request.method, body, headers: request.headers });
  const status = request.url === '/v1/payments/own' ? 403 : 200;
  response
    .writeHead(status, { 'content-type': 'application/json', 'dpop-nonce': 'its own' })
    .end('{"from":"payments"}');
});

const page = 'https://app.bank.example';
let gateway: GatewayUnderTest;
beforeAll(async () => {
  await once(payments.listen(0, '127.0.0.1'), 'listening');
  const addresses = [`127.0.0.1:${(payments.address() as AddressInfo).port}`];
  gateway = await startGatewayUnderTest({
    auth,
    origins: [page],
    guarded: [
      {
        name: 'payments',
        path: '/v1/payments',
        addresses,
        demands: { audience: audiences.customers, acr: 'aal2', maxAge: '300' },
      },
      { name: 'statements', path: '/v1/statements', addresses, demands: { audience: audiences.customers } },
      { name: 'desk', path: '/v1/desk', addresses, demands: { audience: audiences.staff } },
    ],
  });
});
afterAll(async () => {
  await gateway.stop();
  payments.close();
});
beforeEach(() => {
  questions.length = 0;
  reached.length = 0;
});

function ask(path: string, token?: string, init: RequestInit = {}): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(gateway.publicUrl + path, { ...init, headers: { ...init.headers, ...authorization } });
}

describe('a request that auth lets through', () => {
  it('reaches the service with who asks, as auth says it', async () => {
    const response = await ask('/v1/payments/7?x=1', 'good', { method: 'POST', body: '{"amount":1}' });
    expect(await response.json()).toEqual({ from: 'payments' });
    const { 'x-internal-device-id': _, ...told } = identity;
    expect(reached).toMatchObject([{ url: '/v1/payments/7?x=1', body: '{"amount":1}', headers: told }]);
    // What is empty is not there.
    expect(reached[0]?.headers).not.toHaveProperty('x-internal-device-id');
  });

  it('SR-17 carries nothing that the client says of itself', async () => {
    const names = Object.keys(identity).flatMap((name) => [name, name.replaceAll('-', '_')]);
    const forged = Object.fromEntries(names.map((name) => [name, 'forged']));
    const others = {
      'x-user-id': '1',
      'x-original-uri': '/free',
      'x-original-method': 'GET',
      'x-bank-listener': 'staff',
    };
    await ask('/v1/payments', 'good', { method: 'DELETE', headers: { ...forged, ...others } });
    expect(JSON.stringify([reached, questions])).not.toContain('forged');
    expect(questions[0]?.headers).toMatchObject({ 'x-original-uri': '/v1/payments', 'x-original-method': 'DELETE' });
    expect(questions[0]?.headers).toMatchObject({ 'x-bank-listener': 'public' });
    expect(questions[0]?.headers).not.toHaveProperty('x-user-id');
  });

  it('was asked about with what the configuration demands, and without its body', async () => {
    await ask('/v1/payments?audience=other&acr=aal1', 'good', { method: 'PUT', body: 'x'.repeat(1000) });
    await ask('/v1/statements', 'good');
    expect(questions.map(({ method, url }) => [method, url])).toEqual([
      ['GET', '/authorize?audience=user-service&acr=aal2&maxAge=300'],
      ['GET', '/authorize?audience=user-service'],
    ]);
    expect(questions[0]?.headers).not.toHaveProperty('content-length', '1000');
  });

  it('is refused by the service in its own words', async () => {
    const response = await ask('/v1/payments/own', 'good');
    expect([response.status, await response.json()]).toEqual([403, { from: 'payments' }]);
  });
});

describe('a request that auth does not let through', () => {
  it.each([
    ['without a token', undefined, 401, 'auth.token.missing', challenge],
    ['with a bad one', 'bad', 401, 'auth.token.invalid', `${challenge}, error="invalid_token"`],
    ['without the nonce of its proof', 'unproven', 401, 'auth.proof.nonce_required', 'DPoP error="use_dpop_nonce"'],
    ['for what it may not', 'other', 403, 'access.forbidden', null],
    ['too weak or too old', 'weak', 403, 'auth.step_up.required', stepUp],
  ] as const)('%s', async (_case, token, status, code, said) => {
    const response = await ask('/v1/payments', token, { method: 'POST', body: '{}' });
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toBe(said);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ status, code, detail: errorCatalogue[code].message, errors: [] });
    expect(reached).toEqual([]);
  });

  it('is told what would be enough', async () => {
    expect(await (await ask('/v1/payments', 'weak')).json()).toMatchObject({ acr: 'aal2', maxAgeSeconds: 300 });
  });

  it.each(['misasked', 'broken', 'away', 'cut'])(
    'because nobody knows (%s): 503, and nothing is passed on',
    async (token) => {
      const response = await ask('/v1/payments', token);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await response.json()).toMatchObject({ code: 'service.unavailable' });
      expect(reached).toEqual([]);
    },
  );
});

describe('SR-60 the nonce for the next proof', () => {
  it.each([
    ['a refusal', '/v1/payments', 'unproven', 401, 'n-1'],
    ['a demand for a step-up', '/v1/payments', 'weak', 403, 'n-2'],
    ['an answer of the service', '/v1/payments', 'proven', 200, 'n-3'],
    ['a refusal by the service', '/v1/payments/own', 'proven', 403, 'n-3'],
    ['what needed no proof, not at all', '/v1/payments', 'good', 200, null],
  ] as const)('comes with %s', async (_answer, path, token, status, nonce) => {
    const response = await ask(path, token);
    expect([response.status, response.headers.get('dpop-nonce')]).toEqual([status, nonce]);
  });
});

describe('SR-80 a page of another origin', () => {
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };

  it('has its preflight answered by the service, which is told of nobody', async () => {
    const init = { method: 'OPTIONS', headers: { origin: page, ...preflight, 'x-internal-user-id': 'forged' } };
    expect((await ask('/v1/payments/7', undefined, init)).status).toBe(200);
    expect(reached).toMatchObject([
      { method: 'OPTIONS', url: '/v1/payments/7', headers: { origin: page, ...preflight } },
    ]);
    expect(Object.keys(reached[0]?.headers ?? {}).filter((name) => name.startsWith('x-internal-'))).toEqual([]);
    expect(questions).toEqual([]);
  });

  it.each([
    ['OPTIONS', {}],
    ['POST', preflight],
  ])('has nothing else passed on without a token: %s with %j', async (method, headers) => {
    expect((await ask('/v1/payments', undefined, { method, headers: { origin: page, ...headers } })).status).toBe(401);
    expect(reached).toEqual([]);
  });

  it.each([
    ['/v1/payments', 401],
    ['/v1/nowhere', 404],
  ])('may read what the gateway itself answers, when it is of ours: %s', async (path, status) => {
    const ours = await ask(path, undefined, { headers: { origin: page } });
    expect(ours.status).toBe(status);
    expect(Object.fromEntries(ours.headers)).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'DPoP-Nonce, Retry-After, WWW-Authenticate, X-Request-Id',
      vary: 'Origin',
    });
    for (const origin of ['https://evil.example', `${page}.evil.example`, 'null']) {
      const { headers } = await ask(path, undefined, { headers: { origin } });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers.get('vary')).toBe('Origin');
    }
  });
});

describe('the question itself', () => {
  it.each(['/.guard/payments', '/authorize', '/.guard/payments/', '/v1/..;/.guard/payments'])(
    'has no address: %s',
    async (path) => {
      expect([400, 404]).toContain((await ask(path, 'good')).status);
      expect(questions).toEqual([]);
    },
  );

  it('SR-72 is asked by the listener of those whose tokens the service takes, where alone its route is', async () => {
    const headers = { authorization: 'Bearer good', 'x-bank-listener': 'public' };
    expect((await fetch(`${gateway.staffUrl}/v1/payments`, { headers })).status).toBe(404);
    expect((await ask('/v1/desk', 'good')).status).toBe(404);
    expect(questions).toEqual([]);
    expect((await fetch(`${gateway.staffUrl}/v1/desk`, { headers })).status).toBe(200);
    expect(questions).toMatchObject([
      { url: '/authorize?audience=user-service-staff', headers: { 'x-bank-listener': 'staff' } },
    ]);
    const refused = await fetch(`${gateway.staffUrl}/v1/desk`, { headers: { authorization: 'Bearer bad' } });
    expect(await refused.json()).toMatchObject({ status: 401, code: 'auth.token.invalid' });
  });
});
