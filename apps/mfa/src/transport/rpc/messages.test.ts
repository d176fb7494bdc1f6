import { FactorType } from '@bank/proto/mfa';
import { expect, test } from 'vitest';
import type { FactorTypeName } from '#storage/factor.entity.ts';
import { toKind } from './messages.ts';

test.each([
  ['totp', FactorType.TOTP, { methods: ['otp'], raises: true, isSent: false, staffWorth: 1 }],
  ['sms', FactorType.SMS, { methods: ['sms'], raises: true, isSent: true, staffWorth: 0 }],
  ['email', FactorType.EMAIL, { methods: ['otp'], raises: false, isSent: true, staffWorth: 0 }],
  ['webauthn', FactorType.WEBAUTHN, { methods: [], raises: true, isSent: false, staffWorth: 2 }],
] as const)('%s is told by its number, and by what it is worth', (name, type, worth) => {
  expect(toKind(name)).toEqual({ type, kind: { name, ...worth } });
});

test.each(['recovery_code', 'pigeon', 'constructor', 'unspecified'])('of %s nothing is told', (name) => {
  expect(toKind(name as FactorTypeName)).toEqual({ type: FactorType.UNSPECIFIED });
});
