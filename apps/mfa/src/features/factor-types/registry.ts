import { email } from '#features/factor-types/email/email.ts';
import type { FactorType } from '#features/factor-types/factor-type.ts';
import { sms } from '#features/factor-types/sms/sms.ts';
import { totp } from '#features/factor-types/totp/totp.ts';
import { webauthn } from '#features/factor-types/webauthn/webauthn.ts';
import type { FactorTypeName } from '#storage/factor.entity.ts';

/** The kinds of factors that people can enrol and be asked for. */
export const registered: readonly FactorType[] = [totp, sms, email, webauthn];

/** A kind by its name; undefined for one that this version cannot ask for. */
export function factorTypeOf(name: FactorTypeName): FactorType | undefined {
  return registered.find((type) => type.name === name);
}

/** The shapes that answers to challenges have, each once. */
export const responseShapes = [...new Set(registered.map(({ response }) => response))];
