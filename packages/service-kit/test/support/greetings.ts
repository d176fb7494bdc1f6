import { DomainError } from '@bank/domain';
import * as v from 'valibot';
import { created, defineRoutes, noContent, ok, type Service, secureCookie } from '#index.ts';
import { type LogLines, testService } from './service.ts';

/** Text that no answer may repeat. */
export const canary = 'canary-3f9a';

const Text = v.strictObject({ text: v.string() });

const routes = defineRoutes<{ greeting: string }>([
  {
    method: 'GET',
    path: '/v1/greetings',
    summary: 'Greets',
    tag: 'greetings',
    access: 'public',
    query: v.object({ name: v.optional(v.string()) }),
    etag: true,
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
    method: 'PUT',
    path: '/v1/greetings/:id',
    summary: 'Keeps a large one',
    tag: 'greetings',
    access: 'public',
    mediaTypes: ['text/plain'],
    body: v.string(),
    streamed: true,
    bodyLimitBytes: 1000,
    responses: { 200: Text },
    errors: [],
    async handle(_ctx, request) {
      if (request.params['id'] === 'unread') return ok({ text: String(request.bytes.length) });
      let bytes = 0;
      for await (const chunk of request.stream) bytes += chunk.byteLength;
      return ok({ text: String(bytes) });
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

/** A service of routes that show what the kit adds, and one that fails in every way. */
export function greetingService(log?: LogLines): Promise<Service> {
  const cors = { origins: ['https://app.bank.test'] };
  return testService({ context: { greeting: 'Good day' }, routes, cors, ...(log === undefined ? {} : { log }) });
}
