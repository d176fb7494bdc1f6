import { createHash } from 'node:crypto';
import type { ApprovalAction, ApprovalPayload } from '@bank/domain';
import canonicalize from 'canonicalize';

/**
 * What an approval is bound to: the SHA-256 of the canonical form (RFC 8785) of its action and payload, so that approving
 * one thing never executes another. The payload is one that `approvalPayloads` of @bank/domain has parsed.
 */
export function approvalDigest<A extends ApprovalAction>(action: A, payload: ApprovalPayload<A>): Uint8Array {
  return canonicalDigest({ ...payload, action });
}

/** SHA-256 of the canonical form (RFC 8785) of an object: the same for one thing, however it was written. @throws TypeError */
export function canonicalDigest(value: object): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('there is no canonical form');
  return createHash('sha256').update(text, 'utf8').digest();
}
