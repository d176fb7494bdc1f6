import { audiences, isPhishingResistant } from '@bank/domain';
import type { Assurance } from '#features/second-factor/assurance.ts';

/**
 * What proves the second factor of a member of staff (SR-72): a passkey, which answers to no page but ours. No recovery code:
 * two colleagues reset the factors of whoever has lost their passkeys.
 */
const staffFactors: ReadonlySet<string> = new Set(['webauthn']);

/** What staff who have no passkey prove themselves with to enrol one. Never a text message. */
const enrolmentFactors: ReadonlySet<string> = new Set(['totp']);

/** Whether this kind of factor, or `recovery_code`, is good enough for a session of that audience. */
export function suffices(audience: string, by: string): boolean {
  return audience === audiences.customers || (audience === audiences.staff && staffFactors.has(by));
}

type Kind = { readonly type: string };

/**
 * Whether a factor was confirmed before its user became a member of staff, or it is not said when: it proves nobody of staff, whether or
 * not mfa has heard of the role yet. Nothing is of before for whoever is no member of staff, or of whom that moment is not known (SR-72).
 */
export function isOfBefore(factor: { readonly confirmedAt?: Date | undefined }, staffSince: Date | null): boolean {
  if (staffSince === null) return false;
  return factor.confirmedAt === undefined || factor.confirmedAt <= staffSince;
}

/**
 * Of somebody's factors, those that are asked for: those that are good enough or, for staff who have none such, those that let
 * them enrol one. Whoever has a passkey is never let in by less, so that nobody else enrols one for them.
 */
export function askedFactors<F extends Kind>(audience: string, enrolled: readonly F[]): readonly F[] {
  const enough = enrolled.filter(({ type }) => suffices(audience, type));
  if (enough.length > 0 || audience !== audiences.staff) return enough;
  return enrolled.filter(({ type }) => enrolmentFactors.has(type));
}

/** Whether no password opens a session of that audience by itself. */
export function needsFactor(audience: string): boolean {
  return audience !== audiences.customers;
}

/** Whether what was proved opens a session of that audience; to staff who have proved less it opens an enrolment. */
export function opensSession(audience: string, proved: Assurance): boolean {
  const isStrong = proved.acr !== 'aal1' && isPhishingResistant(proved);
  return audience === audiences.customers || (audience === audiences.staff && isStrong);
}
