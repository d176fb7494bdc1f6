import { expect, test } from 'vitest';
import { assuranceOf } from './assurance.ts';

test.each([
  ['totp', 'aal2', ['otp', 'mfa']],
  ['sms', 'aal2', ['sms', 'mfa']],
  ['recovery_code', 'aal2', ['recovery', 'mfa']],
  ['email', 'aal1', ['otp']],
  ['unknown', 'aal1', ['otp']],
  ['constructor', 'aal1', ['otp']],
])('SR-29: %s is worth %s', (by, acr, amr) => {
  expect(assuranceOf(by)).toEqual({ acr, amr });
});
