import { DomainError } from '@bank/domain';
import { MalformedEvent, UserActivatedSchema } from '@bank/proto/events';
import { describe, expect, it } from 'vitest';
import { failureOf, PermanentFailure, UnknownType } from '#consume/failure.ts';

describe('failureOf', () => {
  it.each([
    ['a permanent failure', new PermanentFailure('profile.locked'), 'profile.locked'],
    ['invalid input', new DomainError('request.invalid'), 'request.invalid'],
    [
      'data of another schema',
      new MalformedEvent(UserActivatedSchema.typeName),
      'message.malformed: data is no bank.events.v1.UserActivated',
    ],
  ])('takes %s for permanent', (_case, thrown, reason) => {
    expect(failureOf(thrown)).toEqual({ permanent: true, away: false, reason });
  });

  it('lets a dependency that is down come back', () => {
    const failure = failureOf(new DomainError('service.unavailable', { reason: 'mfa did not answer' }));
    expect(failure).toEqual({ permanent: false, away: true, reason: 'service.unavailable: mfa did not answer' });
  });

  it('leaves a type that nobody takes here for a newer process', () => {
    const reason = 'message.unknown_type: user.renamed.v1';
    expect(failureOf(new UnknownType('user.renamed.v1'))).toEqual({ permanent: false, away: false, reason });
  });

  it('tells type, code and place of an unexpected error, never its text (SR-85)', () => {
    const thrown = Object.assign(new Error("Key (email)=(ada@example.com) exists, 'secret'"), { code: '23505' });
    thrown.name = 'UniqueConstraintViolationException';
    const { permanent, reason } = failureOf(thrown);
    expect(permanent).toBe(false);
    expect(reason).toMatch(/^UniqueConstraintViolationException 23505 at .*failure\.test\.ts:\d+:\d+/);
    expect(reason).not.toMatch(/ada|secret|\/packages\//);
  });

  it('understands what is no error at all', () => {
    expect(failureOf('boom')).toEqual({ permanent: false, away: false, reason: 'string' });
    expect(failureOf(undefined)).toEqual({ permanent: false, away: false, reason: 'undefined' });
  });

  it('keeps reasons short enough for a header', () => {
    expect(failureOf(new PermanentFailure('x'.repeat(10_000))).reason).toHaveLength(301);
  });
});
