import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineRoutes, ok, openApiDocument, type Route, type Service } from '#index.ts';
import { testService } from './support/service.ts';
import { testTokens } from './support/tokens.ts';

const described = {
  method: 'POST',
  summary: 'Hands back what was sent',
  tag: 'bodies',
  access: 'user',
  responses: { 200: v.any() },
  errors: [],
  handle: async (_ctx, { body }) => ok({ body }),
} as const satisfies Omit<Route<null>, 'path'>;
const Labelled = v.strictObject({ label: v.optional(v.string()) });

const routes = defineRoutes<null>([
  { ...described, path: '/v1/optional', body: Labelled },
  { ...described, path: '/v1/required', body: v.strictObject({ label: v.string() }) },
  { ...described, path: '/v1/public', access: 'public', body: Labelled },
  { ...described, path: '/v1/patched', method: 'PATCH', body: Labelled },
]);

const tokens = testTokens();
let service: Service;

beforeAll(async () => {
  await tokens.verifier.start();
  service = await testService({ context: null, routes, verifier: tokens.verifier });
});
afterAll(() => service.stop());

/** `body` goes out as it is; without a media type, as the plainest client does it. */
function send(path: string, body?: string, headers: Record<string, string> = {}, method = 'POST'): Promise<Response> {
  const bytes = body === undefined ? {} : { body: new TextEncoder().encode(body) };
  return service.fetch(
    new Request(`http://bank.test${path}`, { method, headers: { ...tokens.headers(), ...headers }, ...bytes }),
  );
}

const json = { 'content-type': 'application/json' };

describe('a POST of which no field is required', () => {
  it.each<[string, string | undefined, Record<string, string>]>([
    ['no body and no media type', undefined, {}],
    ['no body and the media type', undefined, json],
    ['an empty body', '', { 'content-type': 'text/plain' }],
    ['an empty object', '{}', json],
  ])('takes %s for an empty object', async (_name, body, headers) => {
    const response = await send('/v1/optional', body, headers);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ body: {} });
  });

  it('takes its fields, and only as JSON', async () => {
    expect(await (await send('/v1/optional', '{"label":"x"}', json)).json()).toEqual({ body: { label: 'x' } });
    expect((await send('/v1/optional', '{"label":"x"}')).status).toBe(415);
    expect((await send('/v1/optional', '{"label":"x"}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await send('/v1/optional', ' ', json)).status).toBe(400);
  });
});

it.each([
  ['has a required field', 'POST', '/v1/required'],
  ['is public', 'POST', '/v1/public'],
  ['is no POST', 'PATCH', '/v1/patched'],
])('a request without a body is 415 where the route %s', async (_name, method, path) => {
  expect((await send(path, undefined, {}, method)).status).toBe(415);
});

it('the document says where a body may be left out', () => {
  const { paths } = openApiDocument({ title: 'Bodies', version: '1.2.3', routes });
  const required = (path: string, method = 'post') => paths[path]?.[method]?.requestBody?.required;
  expect(required('/v1/optional')).toBe(false);
  expect([required('/v1/required'), required('/v1/public'), required('/v1/patched', 'patch')]).toEqual([
    true,
    true,
    true,
  ]);
});
