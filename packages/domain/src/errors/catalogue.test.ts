import { describe, expect, test } from 'vitest';
import { errorCatalogue, isErrorCode } from '#errors/catalogue.ts';
import { DomainError } from '#errors/domain-error.ts';
import { notFoundMessage } from '#errors/kind.ts';

const entries = Object.entries(errorCatalogue);

describe('errorCatalogue', () => {
  test.each(entries)('%s is a dotted code with a sentence', (code, { message }) => {
    expect(code).toMatch(/^[a-z][a-z_]*(\.[a-z][a-z_]*){1,2}$/);
    expect(message).toMatch(/^[A-Z].*\.$/);
  });

  test('SR-15: what is missing and what is not yours read the same', () => {
    const wordings = entries
      .filter(([code, { kind }]) => kind === 'not_found' && code !== 'request.unknown_route')
      .map(([, { message }]) => message);
    expect(new Set(wordings)).toEqual(new Set([notFoundMessage]));
  });

  test('knows its own codes only', () => {
    expect(isErrorCode('request.invalid')).toBe(true);
    expect(isErrorCode('toString')).toBe(false);
  });
});

describe('DomainError', () => {
  const cause = new Error('connection refused');
  const error = new DomainError('service.unavailable', {
    reason: 'no connection to the database',
    details: { retryAfterSeconds: 2 },
    cause,
  });

  test('keeps what the log is told apart from what the client is told', () => {
    expect(error).toMatchObject({
      code: 'service.unavailable',
      kind: 'unavailable',
      reason: 'no connection to the database',
      details: { retryAfterSeconds: 2 },
      cause,
    });
    expect(error.publicMessage).not.toContain('database');
  });

  test('needs nothing but a code', () => {
    expect(new DomainError('service.internal')).toMatchObject({
      reason: undefined,
      details: {},
      message: 'service.internal',
    });
  });
});
