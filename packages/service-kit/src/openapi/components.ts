import type { JsonSchema, Reference, ResponseHeader } from '#openapi/types.ts';

const text: JsonSchema = { type: 'string' };
const wholeNumber: JsonSchema = { type: 'integer', minimum: 0 };

/** The one shape of every error (RFC 9457). */
export const problemSchema: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId', 'errors'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: text,
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; branch on this.' },
    detail: text,
    requestId: text,
    errors: {
      type: 'array',
      items: { type: 'object', required: ['path', 'rule'], properties: { path: text, rule: text } },
    },
    acr: { enum: ['aal1', 'aal2', 'aal3'], description: 'The assurance that a step-up must reach.' },
    maxAgeSeconds: { ...wholeNumber, description: 'How old the authentication may be.' },
    phishingResistant: { const: true, description: 'Only a step-up with a passkey would do.' },
    retryAfterSeconds: wholeNumber,
  },
};

/** Header fields by name; an answer refers to those it carries. */
export const headerComponents: Readonly<Record<string, ResponseHeader>> = {
  'X-Request-Id': { description: 'The id of the request, for support.', schema: text },
  ETag: { description: 'The version of the resource, for If-Match.', schema: text },
  RateLimit: { description: 'What is left of each limit.', schema: text },
  'RateLimit-Policy': { description: 'The limits that were counted.', schema: text },
  'Retry-After': { description: 'Seconds to wait.', schema: wholeNumber },
  'DPoP-Nonce': { description: 'What the next proof of possession must hold as `nonce`.', schema: text },
  'WWW-Authenticate': { description: 'How to authenticate.', schema: text },
};

/** References to header components, for a response. */
export function headerReferences(names: readonly string[]): Readonly<Record<string, Reference>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
