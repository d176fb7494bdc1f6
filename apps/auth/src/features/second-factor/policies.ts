import { audiences, type FactorKind, isPhishingResistant } from '@bank/domain';
import { type ProvedBy, unknownKind } from '#adapters/factors/factor-kind.ts';
import { type Assurance, assuranceOf } from '#features/second-factor/assurance.ts';

/** Whether this is good enough for a session of that audience. */
export function suffices(audience: string, by: ProvedBy): boolean {
  return audience === audiences.customers || (audience === audiences.staff && signsStaffIn(by));
}

/**
 * What proves the second factor of a member of staff (SR-72): a kind that mfa says does so, and that answers to no page but ours, which
 * is not believed of any but a passkey. No recovery code: two colleagues reset the factors of whoever has lost their passkeys.
 */
function signsStaffIn(by: ProvedBy): boolean {
  return by !== 'recovery_code' && by.staffWorth === 2 && isPhishingResistant(assuranceOf(['password', by]));
}

/** What staff who have no passkey prove themselves with to enrol one. */
function opensEnrolment({ staffWorth }: FactorKind): boolean {
  return staffWorth >= 1;
}

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
export function askedFactors<F extends { readonly kind: FactorKind }>(
  audience: string,
  enrolled: readonly F[],
): readonly F[] {
  const enough = enrolled.filter(({ kind }) => suffices(audience, kind));
  if (enough.length > 0 || audience !== audiences.staff) return enough;
  return enrolled.filter(({ kind }) => opensEnrolment(kind));
}

/**
 * Whether whoever has such a factor steps up by no password alone. What raises nothing, as an emailed code, takes nothing away either
 * (SR-29); what nothing is known of may be worth more.
 */
export function takesPasswordsPlace(kind: FactorKind): boolean {
  return kind.name === unknownKind.name || assuranceOf(['password', kind]).acr !== 'aal1';
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
