import { EmailSchema, parse, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzzRoutes } from '#fuzz/index.ts';
import { accepted, defineRoutes, listQuery, ok, type Route, type Service } from '#index.ts';
import { testService } from './support/service.ts';
import { testTokens } from './support/tokens.ts';

const Register = v.strictObject({
  email: EmailSchema,
  password: v.pipe(v.string(), v.minLength(12), v.maxLength(256)),
  kind: v.optional(v.picklist(['a', 'b'])),
  device: v.optional(v.strictObject({ name: v.optional(v.pipe(v.string(), v.maxLength(100))) })),
  numbers: v.optional(v.array(v.pipe(v.number(), v.integer(), v.minValue(0)))),
});
const Params = v.strictObject({ id: UuidSchema });
const Query = v.strictObject({ ...listQuery });

const routes = defineRoutes<null>([
  {
    method: 'POST',
    path: '/v1/register',
    summary: 'x',
    tag: 'x',
    access: 'public',
    body: Register,
    responses: { 202: null },
    errors: [],
    async handle(_ctx, request) {
      parse(Register, request.body);
      return accepted();
    },
  },
  {
    method: 'PATCH',
    path: '/v1/things/:id',
    summary: 'x',
    tag: 'x',
    access: 'user',
    params: Params,
    query: Query,
    body: v.strictObject({ name: v.nullish(v.string()) }),
    responses: { 200: v.any() },
    errors: ['profile.not_found'],
    async handle(_ctx, request) {
      parse(Params, request.params);
      return ok({ query: parse(Query, request.query), body: request.body });
    },
  },
]);

const tokens = testTokens();
let service: Service;
beforeAll(async () => {
  service = await testService({ context: null, routes, verifier: tokens.verifier });
  await service.start();
});
afterAll(() => service.stop());
const headers = () => tokens.headers();

describe('fuzzRoutes', () => {
  it('finds nothing in routes that parse what they take, in process and over sockets', async () => {
    const inProcess = await fuzzRoutes(service, routes, { headers, runsPerRoute: 2000 });
    expect(Object.keys(inProcess)).toEqual(expect.arrayContaining(['200', '202', '400', '413', '415', '422']));
    const baseUrl = `http://127.0.0.1:${service.httpPort}`;
    const overSockets = await fuzzRoutes({ fetch }, routes, { headers, baseUrl, runsPerRoute: 150 });
    expect(Object.keys(overSockets)).toEqual(expect.arrayContaining(['202', '400', '422']));
  });

  const broken = (handle: Route<null>['handle'], change: Partial<Route<null>> = {}): Route<null>[] =>
    routes.slice(0, 1).map((route) => ({ ...route, ...change, handle }));

  it.each<[string, Route<null>[], RegExp]>([
    ['a crash', broken(async (_ctx, { body }) => accepted((body as { email: string }).email.trim())), /answered 500/],
    [
      'a slow answer',
      broken(() => new Promise((resolve) => setTimeout(() => resolve(accepted()), 300))),
      /took \d+ ms/,
    ],
    [
      'an echo',
      broken(async (_ctx, { body }) => ({ status: 400, body: { not: body } }), { responses: { 400: v.any() } }),
      /repeated what was sent|in another shape/,
    ],
  ])('finds %s', async (_name, faulty, message) => {
    const other = await testService({ context: null, routes: faulty });
    await expect(fuzzRoutes(other, faulty, { runsPerRoute: 100 })).rejects.toThrow(message);
  });
});
