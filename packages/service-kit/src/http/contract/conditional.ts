import { DomainError } from '@bank/domain';
import type { HttpRequest } from '#http/contract/request.ts';

const strongVersion = /^"v(\d{1,15})"$/;

/** The strong entity tag of a version (RFC 9110 §8.8.3). */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * The version that `If-Match` names, to put into the condition of the update. `*` names none, so it does not count.
 * @throws request.precondition_required when it is missing, request.precondition_failed when no version can be meant
 */
export function versionOf(request: Pick<HttpRequest, 'ifMatch'>): number {
  const header = request.ifMatch();
  if (header === undefined || header.trim() === '*') {
    throw new DomainError('request.precondition_required');
  }
  const version = strongVersion.exec(header.trim())?.[1];
  if (version === undefined) {
    throw new DomainError('request.precondition_failed', { reason: 'not an entity tag of ours' });
  }
  return Number(version);
}
