import { describe, expect, it } from 'vitest';
import { purposeOf } from './purposes.ts';

describe('SR-18 purposeOf', () => {
  it.each([
    ['registration-code', 'registration'],
    ['registration-attempted', 'registration'],
    ['phone-code', 'change'],
    ['email-code', 'change'],
    ['email-change-attempted', 'change'],
    ['password-reset', 'recovery'],
    ['account-recovery', 'recovery'],
    ['sign-in-code', 'sign_in'],
    ['step-up-code', 'asked'],
    ['factor-code', 'asked'],
    ['transaction-code', 'asked'],
    ['staff-invitation', 'asked'],
    ['new-device', 'notice'],
    ['sign-in-denied', 'notice'],
    ['email-changed', 'credentials'],
    ['recovery-codes-created', 'factors'],
    ['sms-factor-added', 'factors'],
    ['factor-removed', 'factors'],
    ['factors-reset', 'factors'],
    ['password-changed', 'password'],
    ['recovery-code-used', 'recovery_code'],
    ['recovery-codes-low', 'recovery_code'],
    ['account-suspended', 'credentials'],
    ['refresh-token-reuse', 'alarm'],
    ['passkey-copied', 'alarm'],
    ['second-factor-blocked', 'alarm'],
    ['bank-account-linked', 'bank_account'],
    ['bank-account-default', 'bank_account'],
    ['device-trusted', 'device'],
    ['device-key-bound', 'device_key'],
    ['device-key-rotated', 'device_key'],
    ['device-key-removed', 'device_key'],
    ['factor-changed', 'factor'],
    ['email-replaced', 'way_back'],
    ['recovery-waiting', 'way_back'],
    ['one-of-another-release', 'notice'],
    ['toString', 'notice'],
  ])('%s is counted as %s', (template, purpose) => {
    expect(purposeOf(template)).toBe(purpose);
  });
});
