import * as v from 'valibot';
import type { RouteDescription } from '#http/contract/route.ts';

/**
 * Whether a request may leave its body out, which then counts as `{}`: a POST with a token of which no field is required. Public
 * ones need the media type, which no form of another page can send.
 */
export function isBodyOptional({ access, body, method, rawBody, streamed }: RouteDescription): boolean {
  const isParsed = body !== undefined && !rawBody && !streamed;
  return method === 'POST' && access !== 'public' && isParsed && v.is(body, {});
}
