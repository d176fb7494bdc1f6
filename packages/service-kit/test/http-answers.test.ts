import { DomainError } from '@bank/domain';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { created, defineRoutes, noContent, ok, type Service, secureCookie } from '#index.ts';
import { type LogLines, logLines, testService } from './support/service.ts';

const Text = v.strictObject({ text: v.string() });
const canary = 'canary-3f9a';

const routes = defineRoutes<{ greeting: string }>([
  {
    method: 'GET',
    path: '/v1/greetings',
    summary: 'Greets',
    tag: 'greetings',
    access: 'public',
    query: v.object({ name: v.optional(v.string()) }),
    responses: { 200: Text },
    errors: [],
    handle: async (ctx, request) => ok({ text: `${ctx.greeting} ${request.query['name'] ?? ''}` }, { etag: '"v1"' }),
  },
  {
    method: 'POST',
    path: '/v1/greetings',
    summary: 'Keeps one',
    tag: 'greetings',
    access: 'public',
    body: Text,
    bodyLimitBytes: 1000,
    responses: { 201: Text },
    errors: ['user.not_found'],
    handle: async (_ctx, request) => {
      const cookies = ['a', 'b'].map((name) => secureCookie(`__Secure-${name}`, 'x', { maxAgeSeconds: 1 }));
      return created(request.body, { cookies, location: '/v1/greetings/1' });
    },
  },
  {
    method: 'DELETE',
    path: '/v1/greetings',
    summary: 'Forgets',
    tag: 'greetings',
    access: 'public',
    responses: { 204: null },
    errors: [],
    handle: async () => noContent(),
  },
  {
    method: 'GET',
    path: '/v1/failures/:kind',
    summary: 'Fails',
    tag: 'greetings',
    access: 'public',
    timeoutMs: 100,
    responses: { 200: Text },
    errors: ['user.not_found'],
    async handle(_ctx, request) {
      switch (request.params['kind']) {
        case 'domain':
          throw new DomainError('user.not_found', { reason: `reason ${canary}` });
        case 'undeclared':
          throw new DomainError('device.not_found');
        case 'network':
          throw new Error(canary, { cause: Object.assign(new Error(canary), { code: 'ECONNREFUSED' }) });
        case 'slow':
          return new Promise(() => undefined);
        case 'header':
          return ok({ text: 'x' }, { headers: { location: `x\r\nx-evil: ${canary}` } });
        case 'shape':
          return ok({ text: 1 });
        case 'thrown':
          throw canary;
        default:
          throw new Error(`select * from users where email = '${canary}'`);
      }
    },
  },
  {
    method: 'GET',
    path: '/v1/failures/static',
    summary: 'Is not a parameter',
    tag: 'greetings',
    access: 'public',
    cacheable: true,
    responses: { 200: Text },
    errors: [],
    handle: async () => ok({ text: 'static' }, { headers: { 'Cache-Control': 'public, max-age=60' } }),
  },
]);

let service: Service;
let log: LogLines;

beforeAll(async () => {
  log = logLines();
  service = await testService({
    context: { greeting: 'Good day' },
    routes,
    log,
    cors: { origins: ['https://app.bank.test'] },
  });
});
afterAll(() => service.stop());

const call = (path: string, init?: RequestInit) => service.fetch(new Request(`http://bank.test${path}`, init));
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  call('/v1/greetings', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

async function problem(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await response.text();
  expect(text).not.toContain(canary);
  return JSON.parse(text);
}

describe('an answer', () => {
  it('is JSON with the headers of SR-80, not to be stored', async () => {
    const response = await call('/v1/greetings?name=you');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ text: 'Good day you' });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      etag: '"v1"',
    });
  });

  it('may be cached only where the route says so', async () => {
    const response = await call('/v1/failures/static');
    expect(response.headers.get('cache-control')).toBe('public, max-age=60');
    expect(await response.json()).toEqual({ text: 'static' });
  });

  it('carries several cookies and the address of what was made', async () => {
    const response = await post('{"text":"x"}');
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toHaveLength(2);
    expect(response.headers.get('location')).toBe('/v1/greetings/1');
  });

  it('is 304 to who has it already', async () => {
    const response = await call('/v1/greetings', { headers: { 'if-none-match': '"v1"' } });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe('');
  });

  it('to HEAD is that of GET without a body', async () => {
    const response = await call('/v1/greetings', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe('"v1"');
    expect(await response.text()).toBe('');
  });
});

describe('request id and trace', () => {
  it('are taken over when safe, and returned', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const response = await call('/v1/greetings', { headers: { 'x-request-id': 'abc-12345', traceparent } });
    expect(response.headers.get('x-request-id')).toBe('abc-12345');
    expect(response.headers.get('traceparent')).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)/);
  });

  it.each(['short', 'has space in it', 'a'.repeat(65), '<script>alert(1)</script>', 'x@y.example'])(
    'are made when %j is offered',
    async (offered) => {
      const response = await call('/v1/greetings', { headers: { 'x-request-id': offered, traceparent: 'rubbish' } });
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(response.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    },
  );
});

describe('SR-82 errors', () => {
  it('are problem documents', async () => {
    const response = await call('/v1/failures/domain', { headers: { 'x-request-id': 'request-1' } });
    expect(response.status).toBe(404);
    expect(await problem(response)).toEqual({
      type: 'urn:bank:problem:user.not_found',
      title: 'Not Found',
      status: 404,
      code: 'user.not_found',
      detail: 'There is nothing here that you may see.',
      requestId: 'request-1',
      errors: [],
    });
  });

  it.each([
    ['sql', 500, 'service.internal'],
    ['thrown', 500, 'service.internal'],
    ['header', 500, 'service.internal'],
    ['shape', 500, 'service.internal'],
    ['undeclared', 500, 'service.internal'],
    ['network', 503, 'service.unavailable'],
    ['slow', 503, 'service.deadline'],
  ])('%s is %i %s and tells nothing', async (kind, status, code) => {
    const response = await call(`/v1/failures/${kind}`);
    expect(response.status).toBe(status);
    expect(await problem(response)).toMatchObject({ code, status });
    expect(response.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    expect(response.headers.get('x-evil')).toBeNull();
  });

  it('are logged with what the client is not told, by route template', async () => {
    await call('/v1/failures/domain?');
    expect(log.lines).toContainEqual(
      expect.objectContaining({
        route: '/v1/failures/:kind',
        status: 404,
        code: 'user.not_found',
        reason: `reason ${canary}`,
      }),
    );
    await call('/v1/failures/sql');
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: 'error', code: 'service.internal', err: expect.anything() }),
    );
    expect(JSON.stringify(log.lines)).not.toContain('select *');
  });
});

describe('SR-78 form', () => {
  it.each([
    ['GET', '/v1/nothing', 404, 'request.unknown_route', null],
    ['GET', '/v1/greetings/', 404, 'request.unknown_route', null],
    ['PUT', '/v1/greetings', 405, 'request.method_not_allowed', 'GET, HEAD, POST, DELETE, OPTIONS'],
    ['PROPFIND', '/v1/greetings', 405, 'request.method_not_allowed', 'GET, HEAD, POST, DELETE, OPTIONS'],
    ['POST', '/v1/failures/x', 405, 'request.method_not_allowed', 'GET, HEAD, OPTIONS'],
  ])('%s %s is %i %s', async (method, path, status, code, allow) => {
    const response = await call(path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await problem(response)).toMatchObject({ code });
  });

  it('406 to who takes no JSON', async () => {
    const response = await call('/v1/greetings', { headers: { accept: 'text/html' } });
    expect(response.status).toBe(406);
    expect(await problem(response)).toMatchObject({ code: 'request.not_acceptable' });
  });

  it.each<[string, Record<string, string>]>([
    ['text', { 'content-type': 'text/plain' }],
    ['a compressed body', { 'content-encoding': 'gzip' }],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
  ])('415 to %s', async (_name, headers) => {
    const response = await post('{"text":"x"}', headers);
    expect(response.status).toBe(415);
    expect(response.headers.get('accept-encoding')).toBe('identity');
    expect(await problem(response)).toMatchObject({ code: 'request.unsupported_type' });
  });

  it('413 over the limit of the route', async () => {
    const response = await post(JSON.stringify({ text: 'x'.repeat(1000) }));
    expect(response.status).toBe(413);
    expect(response.headers.get('connection')).toBe('close');
    expect(await problem(response)).toMatchObject({ code: 'request.too_large' });
  });

  it.each([
    ['{"text":"x","text":"y"}', 'duplicate_key'],
    ['{"__proto__":{"text":"x"}}', 'prototype_key'],
    ['{"text":"\\u0000"}', 'text'],
    ['{"text":', 'json'],
    ['', 'json'],
  ])('400 to the body %j', async (body, rule) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await problem(response)).toMatchObject({ code: 'request.malformed', errors: [{ path: '', rule }] });
  });

  it.each([
    ['/v1/greetings?name=a&name=b', 'duplicate_key'],
    ['/v1/greetings?name=%ff', 'utf8'],
    ['/v1/greetings?name=%00', 'text'],
  ])('400 to the query of %s', async (path, rule) => {
    const response = await call(path);
    expect(response.status).toBe(400);
    expect(await problem(response)).toMatchObject({ errors: [{ path: 'query', rule }] });
  });

  it('422 to a query or a body where none is taken', async () => {
    const query = await call('/v1/greetings?force=1', { method: 'DELETE' });
    expect(query.status).toBe(422);
    expect(await problem(query)).toMatchObject({ errors: [{ path: 'force', rule: 'unknown_field' }] });
    const headers = { 'content-type': 'application/json' };
    const body = await call('/v1/greetings', { method: 'DELETE', body: '{"all":true}', headers });
    expect(body.status).toBe(422);
    expect(await problem(body)).toMatchObject({ errors: [{ path: 'all', rule: 'unknown_field' }] });
    expect((await call('/v1/greetings', { method: 'DELETE', body: '{}', headers })).status).toBe(204);
  });
});

describe('SR-80 CORS', () => {
  const origin = 'https://app.bank.test';
  const preflight = { 'access-control-request-method': 'POST' };

  it('answers the preflight of a listed origin', async () => {
    const response = await call('/v1/greetings', { method: 'OPTIONS', headers: { origin, ...preflight } });
    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
      vary: 'Origin',
    });
  });

  it.each(['https://evil.test', 'null', 'https://app.bank.test.evil.test'])('gives %s nothing', async (other) => {
    for (const method of ['OPTIONS', 'GET']) {
      const response = await call('/v1/greetings', { method, headers: { origin: other, ...preflight } });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(response.headers.get('vary')).toBe('Origin');
    }
  });

  it('lets the page read the answer and its headers', async () => {
    const response = await call('/v1/greetings', { headers: { origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
  });

  it.each<[number, Record<string, string>]>([
    [403, { cookie: 'a=b', origin: 'https://evil.test' }],
    [403, { cookie: 'a=b', 'sec-fetch-site': 'cross-site' }],
    [201, { cookie: 'a=b', origin }],
    [201, { cookie: 'a=b' }],
    [201, { origin: 'https://evil.test' }],
  ])('SR-61 answers %i to a write with %j', async (status, headers) => {
    expect((await post('{"text":"x"}', headers)).status).toBe(status);
  });
});
