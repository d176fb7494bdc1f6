import type { ErrorDetails, ErrorKind } from '@bank/domain';
import { DomainError, isErrorCode } from '@bank/domain';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { Code, ConnectError } from '@connectrpc/connect';
import { isNetworkError } from '#runtime/failure.ts';

/** The one place where a kind of failure becomes a Connect code. The exact code travels in `ErrorInfo`. */
const codeOfKind = {
  malformed: Code.InvalidArgument,
  invalid: Code.InvalidArgument,
  unauthenticated: Code.Unauthenticated,
  forbidden: Code.PermissionDenied,
  not_found: Code.NotFound,
  method_not_allowed: Code.Unimplemented,
  not_acceptable: Code.InvalidArgument,
  conflict: Code.Aborted,
  precondition_failed: Code.FailedPrecondition,
  too_large: Code.ResourceExhausted,
  unsupported_type: Code.InvalidArgument,
  precondition_required: Code.FailedPrecondition,
  limited: Code.ResourceExhausted,
  unavailable: Code.Unavailable,
  internal: Code.Internal,
} as const satisfies Record<ErrorKind, Code>;

/** The error that goes over the wire: the public half of a failure and its code (SR-79). */
export function toConnectError(error: DomainError): ConnectError {
  const code = error.code === 'service.deadline' ? Code.DeadlineExceeded : codeOfKind[error.kind];
  const info = { desc: ErrorInfoSchema, value: { code: error.code, metadata: metadataOf(error.details) } };
  return new ConnectError(error.publicMessage, code, undefined, [info], error);
}

function metadataOf(details: ErrorDetails): Record<string, string> {
  const { acr, errors, maxAgeSeconds, phishingResistant, retryAfterSeconds } = details;
  return {
    ...(acr === undefined ? {} : { acr }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds: String(maxAgeSeconds) }),
    ...(phishingResistant === undefined ? {} : { phishingResistant: 'true' }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds: String(retryAfterSeconds) }),
    ...(errors === undefined ? {} : { errors: JSON.stringify(errors) }),
  };
}

/**
 * The failure that an answer from another service stands for. What the callee refused because of *us* (our certificate,
 * our request's form) is not the client's fault and becomes an internal error.
 */
export function fromConnectError(error: ConnectError, method: string): DomainError {
  const info = error.findDetails(ErrorInfoSchema)[0];
  if (info !== undefined && isErrorCode(info.code) && info.code !== 'access.caller.unknown') {
    return new DomainError(info.code, {
      reason: `answered by ${method}`,
      details: detailsOf(info.metadata),
      cause: error,
    });
  }
  // Where the transport does not know an error of the network, it calls it internal.
  if (isNetworkError(error)) return unreachable(method, error);
  switch (error.code) {
    case Code.Unavailable:
    case Code.Aborted:
    case Code.Canceled:
      return unreachable(method, error);
    case Code.DeadlineExceeded:
      return new DomainError('service.deadline', { reason: `${method} did not answer in time`, cause: error });
    case Code.ResourceExhausted:
      return new DomainError('service.overloaded', { reason: `${method} is overloaded`, cause: error });
    default:
      return new DomainError('service.internal', { reason: `the call of ${method} failed`, cause: error });
  }
}

function unreachable(method: string, cause: ConnectError): DomainError {
  return new DomainError('service.unavailable', { reason: `${method} cannot be reached`, cause });
}

const assuranceLevels = ['aal1', 'aal2', 'aal3'] as const;

function detailsOf(metadata: Readonly<Record<string, string>>): ErrorDetails {
  const acr = assuranceLevels.find((level) => level === metadata['acr']);
  const maxAgeSeconds = numberOf(metadata['maxAgeSeconds']);
  const retryAfterSeconds = numberOf(metadata['retryAfterSeconds']);
  const errors = fieldErrorsOf(metadata['errors']);
  return {
    ...(acr === undefined ? {} : { acr }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(metadata['phishingResistant'] === 'true' ? { phishingResistant: true } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(errors === undefined ? {} : { errors }),
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}(?:\.\d{1,3})?$/.test(text) ? Number(text) : undefined;
}

function fieldErrorsOf(text: string | undefined): ErrorDetails['errors'] {
  try {
    const list: unknown = JSON.parse(text ?? 'null');
    return Array.isArray(list) ? list.map(({ path, rule }) => ({ path: String(path), rule: String(rule) })) : undefined;
  } catch {
    return undefined;
  }
}
