import { DomainError } from '@bank/domain';
import * as v from 'valibot';
import { impliedErrors } from '#http/contract/implied-errors.ts';
import type { HttpReply } from '#http/contract/reply.ts';
import type { RouteDescription } from '#http/contract/route.ts';

/**
 * Holds a route to its own description, in tests: an answer or an error code that the document does not promise becomes
 * an internal error whose problem says what is undeclared, and a warning of the same words. Production does not pay for it.
 */
export async function keepPromises(route: RouteDescription, handle: () => Promise<HttpReply>): Promise<HttpReply> {
  const name = `${route.method} ${route.path}`;
  let reply: HttpReply;
  try {
    reply = await handle();
  } catch (error) {
    if (error instanceof DomainError && !isDeclared(route, error)) {
      throw broken(`${name} answered ${error.code}, which its errors do not list`);
    }
    throw error;
  }
  const difference = differenceOf(route, reply);
  if (difference !== undefined) {
    throw broken(`${name} answered ${reply.status}${difference}`);
  }
  return reply;
}

function differenceOf({ etag, responses }: RouteDescription, reply: HttpReply): string | undefined {
  const schema = responses[reply.status];
  if (schema === undefined) {
    return ', which its responses do not list';
  }
  if ((reply.etag !== undefined) !== (etag === true)) {
    return etag ? ' without the ETag that it promises' : ' with an ETag that it does not promise';
  }
  if (schema === null || reply.raw !== undefined) {
    return undefined;
  }
  const result = v.safeParse(schema, JSON.parse(JSON.stringify(reply.body ?? null)));
  return result.success ? undefined : ` with another body at ${v.getDotPath(result.issues[0]) ?? 'its root'}`;
}

function isDeclared(route: RouteDescription, { code, kind }: DomainError): boolean {
  return kind === 'internal' || kind === 'unavailable' || [...route.errors, ...impliedErrors(route)].includes(code);
}

function broken(reason: string): DomainError {
  process.emitWarning(reason, 'BrokenPromise');
  return new DomainError('service.internal', { reason, details: { errors: [{ path: '', rule: reason }] } });
}
