import type { UserActor } from '@bank/domain';
import { audiences, DomainError, isPhishingResistant, reachesAssurance } from '@bank/domain';
import { besideFactors } from '#factor-types/kind-problems.ts';
import { factorTypeOf, raisingBy, registered } from '#factor-types/registry.ts';
import type { ChallengePurposeName } from '#storage/challenge.entity.ts';
import type { FactorKind, FactorTypeName } from '#storage/factor.entity.ts';
import type { Subject } from '#storage/subject.entity.ts';

/** How old the authentication may be with which factors are changed, in seconds (SR-62). */
export const freshSeconds = 300;

/** How long a factor waits to be confirmed, and how many tries that may take. */
export const pendingSeconds = 600;
export const confirmationsMax = 5;

/** What confirms a factor is the sign-in that began to enrol it in time, or a later one; an older token of the session does not (SR-62). */
export const confirmationStepUp = { acr: 'aal1', maxAgeSeconds: freshSeconds + pendingSeconds } as const;

/** Factors one user may have. */
const factorsMax = 10;

type Kind = Pick<FactorKind, 'type'>;

/** Whether whoever has these can have none of that kind beside them; of a kind that is sent a user has one address and so one factor. */
export function isEnough(confirmed: readonly Kind[], type: FactorTypeName): boolean {
  return confirmed.length >= factorsMax || (isSent(type) && confirmed.some((factor) => factor.type === type));
}

/**
 * Whether whoever enrols a factor of that kind may not know what proves it, and so could guess: then tries stay counted over all
 * enrolments, and are wrong answers of a live session (SR-25).
 */
export function isGuessedWhileEnrolled(type: FactorTypeName): boolean {
  return isSent(type);
}

const isSent = (type: FactorTypeName) => factorTypeOf(type)?.isSent === true;

/** Whether a factor of that kind raises a session above what a password gives. One that this version does not know may. */
export function raises(type: FactorTypeName): boolean {
  return factorTypeOf(type)?.raises !== false;
}

/**
 * Those of a user's factors that are asked for. What raises nothing is asked of whoever has nothing better, and only at a
 * sign-in (SR-29). One that this version does not know, and so cannot ask for, stays among them: a release beside this one enrolled
 * it, and without it its user would be taken for somebody whose password is enough.
 */
export function askable<F extends { readonly type: FactorTypeName }>(
  factors: readonly F[],
  purpose: ChallengePurposeName,
): readonly F[] {
  const hasBetter = factors.some(({ type }) => raises(type));
  return factors.filter(({ type }) => {
    const isFor = factorTypeOf(type)?.purposes.includes(purpose) ?? true;
    return isFor && (raises(type) || !hasBetter);
  });
}

/** When all of a user's factors were removed last, as their row tells that is held; null for never. */
type Resets = Pick<Subject, 'factorsResetAt'>;

/**
 * Whoever changes what proves them has signed in since all of it was removed, if it ever was. A first factor may be added at `aal1`;
 * whoever has one adds another, and removes one, only at the level that the factors give, so that a stolen session does not bring its
 * own (SR-31), and whoever has a passkey only by a passkey: a code that was given to a page which is not ours would bring what approves payments. In a session of staff, or of their enrolment, those give none that are not
 * good enough for staff: nothing there could be proved by them (SR-72). @throws auth.step_up.required
 */
export function requireHighestLevel(
  user: UserActor,
  { factorsResetAt }: Resets,
  confirmed: readonly Omit<FactorKind, 'id'>[],
): void {
  requireSignedInSince(user, factorsResetAt);
  const gives = user.audience === audiences.customers ? raises : isGoodForStaff;
  const acr = confirmed.some(({ isHardware }) => isHardware) ? 'aal3' : 'aal2';
  if (!confirmed.some(({ type }) => gives(type))) return;
  const hasPasskey = confirmed.some(({ type }) => factorTypeOf(type)?.isPhishingResistant);
  if (reachesAssurance(user.acr, acr) && (isPhishingResistant(user) || !hasPasskey)) return;
  throw new DomainError('auth.step_up.required', {
    reason: 'not by the best of the factors',
    details: { acr, maxAgeSeconds: freshSeconds, ...(hasPasskey ? { phishingResistant: true } : {}) },
  });
}

/** Who changes their factors, and whether they are a member of staff, whatever their session is for. */
interface Standing {
  readonly user: Pick<UserActor, 'acr' | 'amr' | 'audience'>;
  readonly isStaff: boolean;
}

/**
 * Staff change their factors by a session that proved one as good for staff as their best, whatever page that session is for: one that
 * they have as customers may rest on a text message or a recovery code, and what they enrolled with it would open the console
 * (SR-31, SR-72). Whoever has none such enrols the first, which `added` names, in a session for enrolling alone: the console opens it to a mailed
 * code, and never to a text message.
 * @throws auth.step_up.required, access.forbidden
 */
export function requireProofOfStaff(
  { isStaff, user }: Standing,
  confirmed: readonly Kind[],
  added?: FactorTypeName,
): void {
  if (!isStaff) return;
  const best = bestForStaff(confirmed);
  if (best === 0 && added !== undefined && isGoodForStaff(added) && user.audience !== audiences.enrolment) {
    throw new DomainError('access.forbidden', { reason: 'staff enrol their first factor at the console' });
  }
  if (proofForStaff(user) >= best) return;
  throw new DomainError('auth.step_up.required', {
    reason: 'staff, and not by the best of their factors',
    details: {
      acr: 'aal2',
      maxAgeSeconds: freshSeconds,
      ...(best === worthOfPasskey() ? { phishingResistant: true } : {}),
    },
  });
}

/**
 * How good for staff what a session was proved by is: as the least of its methods, since any of them may be what raised it. An
 * emailed code is `otp` as well and raises nothing, so a method is worth what the kinds are that raise by it.
 */
function proofForStaff({ acr, amr }: Standing['user']): number {
  if (isPhishingResistant({ amr })) return worthOfPasskey();
  const methods = amr.filter((method) => !besideFactors.has(method));
  if (acr === 'aal1' || methods.length === 0) return 0;
  return Math.min(...methods.map((method) => bestForStaff(raisingBy(method).map(({ name: type }) => ({ type })))));
}

/**
 * Who signed in before all factors were removed changes none: the session ends as soon as `auth` hears of it, and until then it must
 * not bring a factor of its own, nor take one away or make codes beside what its user has enrolled since (SR-31, SR-35).
 * @throws auth.step_up.required
 */
function requireSignedInSince(user: Pick<UserActor, 'authTime'>, factorsResetAt: Date | null): void {
  if (factorsResetAt === null || user.authTime > factorsResetAt) return;
  throw new DomainError('auth.step_up.required', {
    reason: 'signed in before the factors were reset',
    details: { acr: 'aal1', maxAgeSeconds: freshSeconds },
  });
}

/**
 * Whether a member of staff would be left without a factor as good for staff as their best. Only an enrolment would let them
 * in then, and whoever has taken their session over would enrol (SR-72). A passkey that is the last one stays, whatever else
 * there is.
 */
export function leavesStaffBare(before: readonly Kind[], rest: readonly Kind[]): boolean {
  return bestForStaff(rest) < bestForStaff(before);
}

/** Whether one of these lets a member of staff in at the console, or has it open an enrolment. */
export function opensForStaff(kinds: readonly Kind[]): boolean {
  return kinds.some(({ type }) => isGoodForStaff(type));
}

/** Whether it is good for anything of staff. One that this version does not know may be. */
function isGoodForStaff(type: FactorTypeName): boolean {
  return factorTypeOf(type)?.staffWorth !== 0;
}

/** How good for staff what answers to no page but ours is. */
function worthOfPasskey(): number {
  return bestForStaff(registered.filter((kind) => kind.isPhishingResistant).map(({ name: type }) => ({ type })));
}

function bestForStaff(kinds: readonly Kind[]): number {
  return Math.max(0, ...kinds.map(({ type }) => factorTypeOf(type)?.staffWorth ?? 0));
}
