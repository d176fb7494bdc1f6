import { describe, expect, it } from 'vitest';
import { nextAttempt, purposeOf } from './policies.ts';

const now = new Date('2026-03-01T00:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('nextAttempt', () => {
  it('backs off from five seconds to five minutes', () => {
    const waits = [1, 2, 3, 7, 20].map((attempts) => nextAttempt(attempts, now, later(86_400)));
    expect(waits).toEqual([later(5), later(10), later(20), later(300), later(300)]);
  });

  it('gives up on a message that would be late', () => {
    expect(nextAttempt(1, now, later(5))).toBeUndefined();
    expect(nextAttempt(1, now, later(6))).toEqual(later(5));
  });
});

describe('SR-18 purposeOf', () => {
  it.each([
    ['registration-code', 'registration'],
    ['registration-attempted', 'registration'],
    ['phone-code', 'change'],
    ['email-code', 'change'],
    ['email-change-attempted', 'change'],
    ['password-reset', 'recovery'],
    ['sign-in-code', 'asked'],
    ['new-device', 'notice'],
    ['sign-in-denied', 'notice'],
    ['email-changed', 'credentials'],
    ['recovery-codes-created', 'credentials'],
    ['device-key-bound', 'device'],
    ['email-replaced', 'way_back'],
    ['recovery-waiting', 'way_back'],
    ['account-recovery', 'recovery'],
  ])('%s is counted as %s', (template, purpose) => {
    expect(purposeOf(template, template.endsWith('-code') ? { code: '048291' } : {})).toBe(purpose);
  });
});
