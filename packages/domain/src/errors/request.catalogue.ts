import type { ErrorEntry } from '#errors/kind.ts';

/** What can be wrong with a request before any feature looks at it. */
export const requestErrors = {
  'request.invalid': { kind: 'invalid', message: 'Some fields are not acceptable; see errors.' },
  'request.malformed': { kind: 'malformed', message: 'The request could not be read.' },
  'request.unknown_route': { kind: 'not_found', message: 'There is no such address.' },
  'request.method_not_allowed': { kind: 'method_not_allowed', message: 'This address does not take that method.' },
  'request.not_acceptable': { kind: 'not_acceptable', message: 'None of the accepted media types can be produced.' },
  'request.unsupported_type': { kind: 'unsupported_type', message: 'The body must be application/json in UTF-8.' },
  'request.too_large': { kind: 'too_large', message: 'The request is too large.' },
  'request.rate_limited': { kind: 'limited', message: 'Too many requests; try again later.' },
  'request.precondition_required': { kind: 'precondition_required', message: 'Send If-Match with the current ETag.' },
  'request.precondition_failed': {
    kind: 'precondition_failed',
    message: 'The resource has changed since it was read; read it again.',
  },
  'request.idempotency_conflict': {
    kind: 'conflict',
    message: 'This Idempotency-Key was used with a different request.',
  },
  'request.idempotency_in_progress': {
    kind: 'conflict',
    message: 'The first request with this Idempotency-Key is still running.',
  },
  'request.idempotency_interrupted': {
    kind: 'conflict',
    message:
      'The first request with this Idempotency-Key was interrupted after it had taken effect, and its answer is lost: read what has become of it, and use a new key for anything that is still to be done.',
  },
} as const satisfies Record<string, ErrorEntry>;
