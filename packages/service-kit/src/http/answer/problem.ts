import { STATUS_CODES } from 'node:http';
import type { DomainError, ErrorDetails, ErrorKind, LimitDetails } from '@bank/domain';
import { challengeOf } from '@bank/verifier';
import { limitHeaders, lockHeaders } from '#http/answer/limit-headers.ts';
import { statusOfKind } from '#http/answer/status.ts';
import { isAboutProofInBody } from '#http/contract/proof-in-body.ts';

export const problemMediaType = 'application/problem+json';

const challengeTerms = { realm: 'user-service', takesProofs: true };
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
  readonly phishingResistant?: true;
  readonly retryAfterSeconds?: number;
}

/** The problem document of an error: its public half alone. */
export function problemOf(error: DomainError, requestId: string): Problem {
  const status = statusOfKind[error.kind];
  const { errors = [], acr, maxAgeSeconds, phishingResistant, retryAfterSeconds } = error.details;
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
    ...(phishingResistant === undefined ? {} : { phishingResistant }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** What is known of the request: whether its token was found good, and which limits of the route had something left. */
interface Answered {
  readonly hasGoodToken: boolean;
  readonly counted: readonly LimitDetails[];
}

/**
 * The header fields that belong to an error's status (RFC 9110 §10.2.3, §11.6.1, §15.5.6; RFC 6750 §3; RFC 9449 §7.1;
 * RFC 9470 §3). A wrong password or code beside a good token has no challenge: whoever follows it with a refreshed token would
 * send the same again, and use up another try.
 */
export function problemHeaders(error: DomainError, { hasGoodToken, counted }: Answered): Record<string, string> {
  const { kind, details } = error;
  const headers: Record<string, string> = {};
  const retrySeconds = details.retryAfterSeconds ?? retryDefaultsSeconds[kind];
  if (retrySeconds !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(retrySeconds)));
  }
  const challenge = hasGoodToken && isAboutProofInBody(error.code) ? undefined : challengeOf(error, challengeTerms);
  if (challenge !== undefined) {
    headers['www-authenticate'] = challenge;
  }
  if (kind === 'method_not_allowed') {
    headers['allow'] = details.methods?.join(', ') ?? '';
  }
  if (kind === 'unsupported_type') {
    headers['accept-encoding'] = 'identity';
  }
  if (details.limit !== undefined) {
    return { ...headers, ...limitHeaders([details.limit]) };
  }
  return kind === 'limited'
    ? { ...headers, ...lockHeaders(error.code, Number(headers['retry-after']), counted) }
    : headers;
}
