import { DomainError } from '@bank/domain';

/** How long a person waits for another service, in milliseconds. */
export const personWaitsMs = 2000;

const retryAfterSeconds = 2;

/** That nobody can tell what another service has to say: it is away, or said something that is no answer. */
export function noAnswerOf(service: 'mfa' | 'device', cause?: unknown): DomainError {
  const reason = `${service} did not answer`;
  const details = { retryAfterSeconds };
  return new DomainError('service.unavailable', cause === undefined ? { reason, details } : { reason, details, cause });
}

/** The code by which another service refused; undefined for what is no refusal. */
export function refusalCodeOf(error: unknown): string | undefined {
  return error instanceof DomainError ? error.code : undefined;
}
