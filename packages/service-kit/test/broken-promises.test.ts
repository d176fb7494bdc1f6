import { DomainError } from '@bank/domain';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defineRoutes, ok, type Service } from '#index.ts';
import { testService } from './support/service.ts';

const described = { method: 'GET', tag: 'promises', access: 'public', errors: [] } as const;
const routes = defineRoutes<object>([
  {
    ...described,
    path: '/v1/errors',
    summary: 'Answers an error that it does not list',
    responses: { 200: v.string() },
    async handle() {
      throw new DomainError('user.not_found');
    },
  },
  {
    ...described,
    path: '/v1/statuses',
    summary: 'Answers a status that it does not list',
    responses: { 201: v.string() },
    handle: async () => ok('text'),
  },
  {
    ...described,
    path: '/v1/bodies',
    summary: 'Answers another body',
    responses: { 200: v.strictObject({ text: v.string() }) },
    handle: async () => ok({ text: 1 }),
  },
  {
    ...described,
    path: '/v1/tags/missing',
    summary: 'Has no tag',
    etag: true,
    responses: { 200: v.string() },
    handle: async () => ok('text'),
  },
  {
    ...described,
    path: '/v1/tags/unpromised',
    summary: 'Has a tag that nobody was told of',
    responses: { 200: v.string() },
    handle: async () => ok('text', { etag: '"v1"' }),
  },
]);

let service: Service;

beforeAll(async () => {
  service = await testService({ context: {}, routes });
});
afterAll(() => service.stop());

describe('in tests, an answer that a route does not declare', () => {
  it.each([
    ['/v1/errors', 'GET /v1/errors answered user.not_found, which its errors do not list'],
    ['/v1/statuses', 'GET /v1/statuses answered 200, which its responses do not list'],
    ['/v1/bodies', 'GET /v1/bodies answered 200 with another body at text'],
    ['/v1/tags/missing', 'GET /v1/tags/missing answered 200 without the ETag that it promises'],
    ['/v1/tags/unpromised', 'GET /v1/tags/unpromised answered 200 with an ETag that it does not promise'],
  ])('is an internal error that says so: %s', async (path, reason) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const response = await service.fetch(new Request(`http://bank.test${path}`));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: 'service.internal', errors: [{ path: '', rule: reason }] });
    expect(warn).toHaveBeenCalledWith(reason, 'BrokenPromise');
    warn.mockRestore();
  });
});
