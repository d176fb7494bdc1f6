import { STATUS_CODES } from 'node:http';
import type { DomainError, ErrorDetails, ErrorKind } from '@bank/domain';
import { limitHeaders } from '#http/answer/limit-headers.ts';
import { statusOfKind } from '#http/answer/status.ts';

export const problemMediaType = 'application/problem+json';

const retryDefaultsSeconds: Partial<Record<ErrorKind, number>> = { limited: 1, unavailable: 1 };

/** RFC 9457, with `code`, `requestId` and `errors` in every problem and what a step-up or a retry needs in some. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors: ErrorDetails['errors'];
  readonly acr?: ErrorDetails['acr'];
  readonly maxAgeSeconds?: number;
  readonly retryAfterSeconds?: number;
}

/** The problem document of an error: its public half alone. */
export function problemOf(error: DomainError, requestId: string): Problem {
  const status = statusOfKind[error.kind];
  const { errors = [], acr, maxAgeSeconds, retryAfterSeconds } = error.details;
  return {
    type: `urn:bank:problem:${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: error.code,
    detail: error.publicMessage,
    requestId,
    errors,
    ...(acr === undefined ? {} : { acr }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** The header fields that belong to an error's status (RFC 9110 §10.2.3, §11.6.1, §15.5.6; RFC 6750 §3). */
export function problemHeaders({ code, kind, details }: DomainError): Record<string, string> {
  const headers: Record<string, string> = {};
  const retrySeconds = details.retryAfterSeconds ?? retryDefaultsSeconds[kind];
  if (retrySeconds !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(retrySeconds)));
  }
  if (kind === 'unauthenticated') {
    headers['www-authenticate'] = challengeOf(code);
  }
  if (kind === 'method_not_allowed') {
    headers['allow'] = details.methods?.join(', ') ?? '';
  }
  if (kind === 'unsupported_type') {
    headers['accept-encoding'] = 'identity';
  }
  return details.limit === undefined ? headers : { ...headers, ...limitHeaders([details.limit]) };
}

function challengeOf(code: string): string {
  const challenge = 'Bearer realm="user-service"';
  return code === 'auth.token.invalid' ? `${challenge}, error="invalid_token"` : challenge;
}
