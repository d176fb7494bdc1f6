import type { FactorKind } from '@bank/domain';
import { FactorType } from '@bank/proto/mfa';

/**
 * The kinds that have a number, as a mfa of the release before means them: it says the number alone. Once no such release stands beside
 * this one, which is from the next on, this file goes.
 */
export const numberedKinds: ReadonlyMap<FactorType, FactorKind> = new Map<FactorType, FactorKind>([
  [FactorType.TOTP, { name: 'totp', methods: ['otp'], raises: true, isSent: false, staffWorth: 1 }],
  [FactorType.SMS, { name: 'sms', methods: ['sms'], raises: true, isSent: true, staffWorth: 0 }],
  [FactorType.EMAIL, { name: 'email', methods: ['otp'], raises: false, isSent: true, staffWorth: 0 }],
  [FactorType.WEBAUTHN, { name: 'webauthn', methods: [], raises: true, isSent: false, staffWorth: 2 }],
]);
