import { DomainError } from '@bank/domain';
import type { RouteDescription } from '#http/contract/route.ts';

export const jsonType = 'application/json';
const mergePatchType = 'application/merge-patch+json';
const utf8Charset = /^charset\s*=\s*"?utf-8"?$/i;

/** The media types a route's body may have: JSON unless it says otherwise, and JSON Merge Patch (RFC 7396) for a PATCH. */
export function acceptedTypes({ mediaTypes, method }: RouteDescription): readonly string[] {
  return mediaTypes ?? (method === 'PATCH' ? [jsonType, mergePatchType] : [jsonType]);
}

/** The media types a route's answer may have, that of an answer which says nothing first: JSON unless the route says otherwise. */
export function producedTypes({ produces = jsonType }: RouteDescription): readonly string[] {
  return typeof produces === 'string' ? [produces] : produces;
}

/**
 * The media type of a body, lower case, out of those a route takes. A charset other than UTF-8 and any content coding
 * are refused as well: what is compressed here could only be a bomb.
 * @throws request.unsupported_type
 */
export function mediaTypeOf(
  contentType: string | undefined,
  contentEncoding: string | undefined,
  accepted: readonly string[],
): string {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  const mediaType = type.toLowerCase();
  const charset = parameters.find((parameter) => /^charset\s*=/i.test(parameter));
  const plain = contentEncoding === undefined || contentEncoding.toLowerCase() === 'identity';
  if (!accepted.includes(mediaType) || !plain || (charset !== undefined && !utf8Charset.test(charset))) {
    throw new DomainError('request.unsupported_type');
  }
  return mediaType;
}

/** Whether a media type is JSON, by itself or by its suffix (RFC 6839 §3.1). */
export function isJson(mediaType: string): boolean {
  return mediaType === jsonType || mediaType.endsWith('+json');
}

/**
 * Refuses a client that takes nothing of what may be produced (RFC 9110 §12.5.1). A weight of zero means not taken.
 * @throws request.not_acceptable
 */
export function refuseUnacceptable(accept: string | undefined, produced: readonly string[]): void {
  if (accept === undefined || accept === '*/*' || produced.includes(accept) || accept.trim() === '') {
    return;
  }
  const ranges = new Map(accept.split(',').map(readRange));
  if (!produced.some((type) => isTaken(type, ranges))) {
    throw new DomainError('request.not_acceptable');
  }
}

/** The range that names a type most closely decides. */
function isTaken(type: string, ranges: ReadonlyMap<string, number>): boolean {
  const closest = [type, type.replace(/\/.*$/, '/*'), '*/*'].find((range) => ranges.has(range));
  return closest !== undefined && (ranges.get(closest) ?? 0) > 0;
}

function readRange(item: string): readonly [range: string, weight: number] {
  const [range = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return [range, weight === undefined ? 1 : Number(weight)];
}
