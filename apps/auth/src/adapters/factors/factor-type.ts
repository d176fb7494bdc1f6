import { FactorType } from '@bank/proto/mfa';

const names: Readonly<Record<number, string>> = {
  [FactorType.TOTP]: 'totp',
  [FactorType.SMS]: 'sms',
  [FactorType.EMAIL]: 'email',
  [FactorType.WEBAUTHN]: 'webauthn',
};

/** A kind of factor as clients read it. */
export function factorTypeName(type: FactorType): string {
  return names[type] ?? 'unknown';
}
