import { DomainError } from '@bank/domain';
import type { HttpRequest } from '#http/contract/request.ts';

const entityTags = /(?:W\/)?"[^"]*"/g;
const betweenTags = /^[\s,]*$/;
const strongVersion = /^"v(\d{1,15})"$/;
/** Each is tried by itself. */
const versionsMax = 5;

/** The strong entity tag of a version (RFC 9110 §8.8.3). */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * The version that `If-Match` names, to put into the condition of the update; of several, the one that is being tried. `*` names
 * none, so it does not count.
 * @throws request.precondition_required when it is missing, request.precondition_failed when no version can be meant
 */
export function versionOf(request: Pick<HttpRequest, 'ifMatch'>): number {
  const [version] = versionsIn(request.ifMatch());
  return version;
}

/** What a handler is asked with: `expected` stands before the header that came. */
interface Conditional extends Pick<HttpRequest, 'ifMatch'> {
  expected: string | undefined;
}

/**
 * Handles a request whose `If-Match` may list several tags (RFC 9110 §13.1.1): the update is tried with each version in turn until
 * one is the present one. What was tried with another has changed nothing.
 */
export function whicheverMatches<E extends Conditional, T>(handle: (exchange: E) => Promise<T>) {
  return async (exchange: E): Promise<T> => {
    const versions = versionsIn(exchange.ifMatch());
    for (const version of versions.slice(0, -1)) {
      exchange.expected = etagOf(version);
      try {
        return await handle(exchange);
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'request.precondition_failed') throw error;
      }
    }
    exchange.expected = etagOf(versions.at(-1) ?? versions[0]);
    return handle(exchange);
  };
}

/** The versions of ours that an `If-Match` lists; a weak tag matches nothing, and one of others is none of ours. */
function versionsIn(header: string | undefined): readonly [number, ...number[]] {
  if (header === undefined || header.trim() === '*') {
    throw new DomainError('request.precondition_required');
  }
  const tags = betweenTags.test(header.replaceAll(entityTags, '')) ? (header.match(entityTags) ?? []) : [];
  const named = tags.map((tag) => strongVersion.exec(tag)?.[1]).filter((version) => version !== undefined);
  const [first, ...others] = new Set(named.map(Number));
  if (first === undefined || others.length >= versionsMax) {
    throw new DomainError('request.precondition_failed', { reason: 'no entity tags of ours, or too many' });
  }
  return [first, ...others];
}
