import type { UserState } from '@bank/domain';
import { isBlocked } from '@bank/domain';
import type { Verdict } from '#adapters/risk/sign-in-assessor.ts';

/** Life of a sign-in that waits for its second half, and of an emailed code, in seconds. */
export const pendingSignInSeconds = 600;
export const emailedCodeSeconds = 600;

/** Wrong codes one pending sign-in bears, and codes it may ask for. */
export const codeAttemptsMax = 5;
const challengesMax = 3;

/** What bounds the codes of one sign-in or session: another comes half a minute after the first, then twice as long each time (SR-18). */
export const codePauses = { codesMax: challengesMax, lifeSeconds: emailedCodeSeconds, pauseSeconds: 30 } as const;

/** What is known once the password was checked, `device` was asked and `mfa` answered. */
export interface SignInFacts {
  passwordValid: boolean;
  userState: UserState | undefined;
  verdict: Verdict;
  /** Holds a role that counts for whoever asks: customers sign in as customers, staff as staff. */
  isEntitled: boolean;
  /** Has a factor that is good enough there. */
  hasFactors: boolean;
  /** A password never opens a session there by itself. */
  needsFactor: boolean;
  /** On a device that the user trusts instead of asking for a factor each time. */
  isRemembered: boolean;
}

export type RefusalReason = 'credentials' | 'status' | 'client' | 'risk';

export type SignInDecision =
  | { kind: 'open_session' }
  /** Ask for one of the user's factors. */
  | { kind: 'ask_factor' }
  /** No factor is enrolled: ask for a code sent to the verified address. Stays `aal1`, and staff may then only enrol one. */
  | { kind: 'ask_emailed_code' }
  | { kind: 'refuse'; reason: RefusalReason };

/**
 * What a password attempt comes to. Every refusal looks the same from outside (SR-16). An enrolled factor is asked
 * unless the device stands for it; without one, doubt about the device asks for an emailed code.
 */
export function decideSignIn(facts: SignInFacts): SignInDecision {
  if (!facts.passwordValid || facts.userState === undefined) return { kind: 'refuse', reason: 'credentials' };
  if (isBlocked(facts.userState, 'sign_in')) return { kind: 'refuse', reason: 'status' };
  if (!facts.isEntitled) return { kind: 'refuse', reason: 'client' };
  if (facts.verdict === 'deny') return { kind: 'refuse', reason: 'risk' };
  const maySuffice = facts.verdict === 'allow' && !facts.needsFactor;
  if (maySuffice && (facts.isRemembered || !facts.hasFactors)) return { kind: 'open_session' };
  return { kind: facts.hasFactors ? 'ask_factor' : 'ask_emailed_code' };
}

/**
 * Whether a user's trust in a device stands for the second factor: for so many days since it was given, which takes a step-up,
 * and until the password changes (SR-35; `device` ends it when the factors do). What opens is at `aal1` all the same.
 */
export function isRemembered(
  facts: { deviceTrustedAt: Date | undefined; passwordChangedAt: Date | undefined; at: Date },
  days: number,
): boolean {
  const { deviceTrustedAt, passwordChangedAt, at } = facts;
  if (deviceTrustedAt === undefined || passwordChangedAt === undefined || deviceTrustedAt <= passwordChangedAt)
    return false;
  return at.getTime() - deviceTrustedAt.getTime() < days * 86_400_000;
}

/**
 * Whether everything that a user had begun at that moment was ended since, as when staff stop them: it opens nothing any more,
 * not even after they are let in again (SR-47).
 */
export function isCutOff(user: { cutOffAt: Date | null }, begunAt: Date): boolean {
  return user.cutOffAt !== null && user.cutOffAt >= begunAt;
}

/** After how many failures in a row a success is reported to the user (SR-20). */
export const failuresWorthTelling = 3;
