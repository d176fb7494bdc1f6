import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '#index.ts';
import { greetingService } from './support/greetings.ts';

let service: Service;
beforeAll(async () => {
  service = await greetingService();
});
afterAll(() => service.stop());

const call = (path: string, init?: RequestInit) => service.fetch(new Request(`http://bank.test${path}`, init));
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  call('/v1/greetings', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

async function problem(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await response.text();
  return JSON.parse(text);
}

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

  it('hands a body on as it comes where the route says so, and no more of it than the limit', async () => {
    const put = (id: string, body: string | ReadableStream, headers: Record<string, string> = {}) =>
      call(`/v1/greetings/${id}`, {
        ...{ method: 'PUT', body, headers: { 'content-type': 'text/plain', ...headers } },
        duplex: 'half',
      } as RequestInit);
    expect(await (await put('1', 'x'.repeat(1000))).json()).toEqual({ text: '1000' });
    expect(await (await put('unread', 'x'.repeat(1000))).json()).toEqual({ text: '0' });
    expect((await put('1', 'x'.repeat(1001))).status).toBe(413);
    expect((await put('unread', 'x', { 'content-length': '1001' })).status).toBe(413);
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('gone')) });
    expect(await problem(await put('1', broken))).toMatchObject({ status: 400, errors: [{ rule: 'truncated' }] });
    expect((await put('1', 'x', { 'content-type': 'text/html' })).status).toBe(415);
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
