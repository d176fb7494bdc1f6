import { until } from '@bank/testing';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { defineRoutes, noContent, openApiDocument, type ServiceConfig } from '#index.ts';
import { testService, testTls } from './support/service.ts';

const routes = defineRoutes<null>([
  {
    method: 'POST',
    path: '/v1/things/:id/parts',
    summary: 'Adds a <part>',
    tag: 'things',
    access: { permission: 'users.read' },
    stepUp: { acr: 'aal2', maxAgeSeconds: 300 },
    params: v.strictObject({ id: v.pipe(v.string(), v.uuid()) }),
    query: v.strictObject({ dry: v.optional(v.picklist(['yes', 'no'])) }),
    body: v.strictObject({ name: v.pipe(v.string(), v.maxLength(10)), size: v.optional(v.number()) }),
    idempotent: true,
    limits: [{ name: 'parts', points: 10, windowSeconds: 60, by: 'user' }],
    responses: { 204: null },
    errors: ['profile.not_found'],
    handle: async () => noContent(),
  },
  {
    method: 'GET',
    path: '/v1/things',
    summary: 'Lists things',
    tag: 'things',
    access: 'public',
    responses: { 200: v.strictObject({ at: v.pipe(v.string(), v.isoTimestamp()) }) },
    errors: [],
    handle: async () => noContent(),
  },
]);
const verifier = { verify: () => Promise.reject(new Error('nobody')) };

async function get(service: { fetch(request: Request): Promise<Response> }, path: string): Promise<Response> {
  return service.fetch(new Request(`http://127.0.0.1${path}`));
}

async function serviceIn(environment: ServiceConfig['NODE_ENV']) {
  const tls = await testTls();
  const config: ServiceConfig = {
    NODE_ENV: environment,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: 0,
    RPC_HOST: '127.0.0.1',
    RPC_PORT: 0,
    TLS_CA_FILE: tls.server.caFile,
    TLS_CERT_FILE: tls.server.certFile,
    TLS_KEY_FILE: tls.server.keyFile,
    RPC_CALLERS_FILE: tls.callersFile,
    TRUSTED_PROXIES: [],
    RATE_LIMIT_IP_MULTIPLIER: 1,
    SHUTDOWN_DELAY_MS: 0,
  };
  return testService({ context: null, routes, verifier, config }, tls);
}

describe('health', () => {
  it('lives whatever its dependencies do, and is ready when all of them are', async () => {
    let pings = 0;
    const state = { down: false };
    const ping = async () => {
      pings += 1;
      if (state.down) {
        throw new Error('postgres://user:secret@db is away');
      }
    };
    const service = await testService({
      context: null,
      dependencies: { postgres: { ping }, redis: { ping: async () => undefined } },
    });
    const ready = await get(service, '/health/ready');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      dependencies: { postgres: { status: 'up' }, redis: { status: 'up' } },
    });
    await Promise.all(Array.from({ length: 50 }, () => get(service, '/health/ready')));
    expect(pings).toBe(1);
    state.down = true;
    const down = await until(async () => {
      const response = await get(service, '/health/ready');
      return response.status === 503 ? response : undefined;
    });
    const text = await down.text();
    expect(JSON.parse(text)).toMatchObject({ status: 'not_ready', dependencies: { postgres: { status: 'down' } } });
    expect(text).not.toContain('secret');
    expect((await get(service, '/health/live')).status).toBe(200);
  });

  it('counts a dependency that does not answer as down', async () => {
    const service = await testService({
      context: null,
      dependencies: { slow: { ping: () => new Promise(() => undefined) } },
    });
    expect((await get(service, '/health/ready')).status).toBe(503);
  });

  it('is not ready from the moment it stops', async () => {
    const service = await testService({ context: null });
    const stopped = service.stop();
    const response = await get(service, '/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'draining' });
    expect(response.headers.get('connection')).toBe('close');
    await stopped;
  });
});

describe('metrics', () => {
  it('measure by route template and method, and the process', async () => {
    const service = await serviceIn('test');
    await get(service, '/v1/nothing/at/all');
    await get(service, '/v1/things?x=1');
    const text = await (await get(service, '/metrics')).text();
    expect(text).toContain(
      'http_request_duration_seconds_bucket{le="0.001",service="test",method="GET",route="unmatched",status="404"}',
    );
    expect(text).toContain('route="/v1/things",status="422"');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).not.toContain('nothing/at/all');
  });
});

describe('SR-81 documentation', () => {
  it('is a page without scripts or anything from elsewhere, in development', async () => {
    const service = await serviceIn('development');
    const response = await get(service, '/docs');
    const html = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(html).toContain('/v1/things/{id}/parts');
    expect(html).toContain('Adds a &lt;part&gt;');
    expect(html).not.toMatch(/<script|https?:\/\/|src=|href=/);
  });

  it.each(['test', 'production'] as const)('is not there in %s', async (environment) => {
    const service = await serviceIn(environment);
    expect((await get(service, '/docs')).status).toBe(404);
    expect(await (await get(service, '/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
  });
});

describe('openApiDocument', () => {
  const document = openApiDocument({ title: 'Things', version: '1.2.3', routes });
  const operation = document.paths['/v1/things/{id}/parts']?.['post'];

  it('says of a route what it says of itself and what its guards add', () => {
    expect(operation).toMatchObject({
      operationId: 'postThingsIdParts',
      tags: ['things'],
      'x-access': { by: 'permission', permission: 'users.read', stepUp: { acr: 'aal2', maxAgeSeconds: 300 } },
      security: [{ bearer: [] }, { dpop: [] }],
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
        { name: 'dry', in: 'query', required: false, schema: { enum: ['yes', 'no'] } },
        { name: 'Idempotency-Key', in: 'header', required: false },
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['name'],
              additionalProperties: false,
              properties: { name: { maxLength: 10 } },
            },
          },
        },
      },
    });
    expect(operation?.description).toContain('`users.read`');
    expect(operation?.description).toContain('10 in 60 seconds per user');
  });

  it('lists every status with the codes it may carry', () => {
    expect(Object.keys(operation?.responses ?? {})).toEqual([
      ...['204', '400', '401', '403', '404', '406', '409', '413', '415', '422', '429', '500', '503'],
    ]);
    expect(operation?.responses['404']?.content?.['application/problem+json']?.schema).toEqual({
      allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: ['profile.not_found'] } } }],
    });
    expect(operation?.responses['429']?.headers).toHaveProperty('Retry-After');
  });

  it('says which successes have a tag', () => {
    const route = { path: '/v1/parts', summary: 'A part', tag: 'things', access: 'user' } as const;
    const part = { ...route, errors: [], handle: async () => noContent() };
    const parts = defineRoutes<null>([
      { ...part, method: 'PATCH', ifMatch: 'required', etag: true, responses: { 200: v.string() } },
      { ...part, method: 'DELETE', ifMatch: 'required', responses: { 204: null } },
      { ...part, method: 'GET', etag: true, responses: { 200: v.string() } },
    ]);
    const { paths } = openApiDocument({ title: 'Things', version: '1.2.3', routes: parts });
    const tagged = (method: string, status: string) =>
      'ETag' in (paths['/v1/parts']?.[method]?.responses[status]?.headers ?? {});
    expect([tagged('patch', '200'), tagged('delete', '204'), tagged('get', '200')]).toEqual([true, false, true]);
  });

  it('lists every type that an answer may have', () => {
    const route = {
      method: 'GET',
      path: '/v1/pictures',
      summary: 'A picture',
      tag: 'things',
      access: 'public',
    } as const;
    const produces = ['image/webp', 'image/jpeg'];
    const picture = { ...route, produces, responses: { 200: v.string() }, errors: [], handle: async () => noContent() };
    const { paths } = openApiDocument({ title: 'Things', version: '1.2.3', routes: defineRoutes([picture]) });
    expect(Object.keys(paths['/v1/pictures']?.['get']?.responses['200']?.content ?? {})).toEqual(produces);
  });

  it('is the same whatever the order of the routes', () => {
    const reversed = openApiDocument({ title: 'Things', version: '1.2.3', routes: [...routes].reverse() });
    expect(JSON.stringify(reversed)).toBe(JSON.stringify(document));
    expect(document.paths['/v1/things']?.['get']?.security).toEqual([]);
  });
});
