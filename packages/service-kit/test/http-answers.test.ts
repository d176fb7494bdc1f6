import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '#index.ts';
import { canary, greetingService } from './support/greetings.ts';
import { type LogLines, logLines } from './support/service.ts';

let service: Service;
let log: LogLines;

beforeAll(async () => {
  log = logLines();
  service = await greetingService(log);
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

  it('is given whole to who has that version: what they saw may have changed without it', async () => {
    const response = await call('/v1/greetings', { headers: { 'if-none-match': '"v1"' } });
    expect(response.status).toBe(200);
    expect(await response.json()).toBeDefined();
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
