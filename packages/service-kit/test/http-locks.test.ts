import { DomainError } from '@bank/domain';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { defineRoutes } from '#index.ts';
import { testService } from './support/service.ts';

const locked = async () => {
  throw new DomainError('auth.credentials.locked', { details: { retryAfterSeconds: 899.2 } });
};
const described = { summary: 'x', tag: 'x', access: 'public', method: 'GET', responses: { 200: v.any() } } as const;
const errors = ['auth.credentials.locked'] as const;
const routes = defineRoutes<null>([
  { ...described, errors, path: '/v1/locked', handle: locked },
  {
    ...described,
    errors,
    path: '/v1/counted',
    limits: [{ name: 'by-address', by: 'address', points: 5, windowSeconds: 60 }],
    handle: locked,
  },
]);

test.each([
  ['/v1/locked', null, '"auth.credentials.locked";r=0;t=900'],
  ['/v1/counted', '"by-address";q=5;w=60', '"by-address";r=4;t=60, "auth.credentials.locked";r=0;t=900'],
])(
  'SR-18: the 429 of a lock says in the headers of limits when there is something left again: %s',
  async (path, policy, left) => {
    const service = await testService({ context: null, routes });
    const { status, headers } = await service.fetch(new Request(`http://bank.test${path}`));
    expect([status, headers.get('retry-after')]).toEqual([429, '900']);
    expect(headers.get('ratelimit')).toBe(left);
    expect(headers.get('ratelimit-policy')).toBe(policy);
    await service.stop();
  },
);
