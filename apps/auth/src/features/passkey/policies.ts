import { isBlocked, type UserState } from '@bank/domain';
import type { Verdict } from '#adapters/risk/sign-in-assessor.ts';
import type { RefusalReason } from '#features/sign-in/policies.ts';

/** How long an answer is waited for, in seconds. */
export const passkeySignInSeconds = 300;

/** What is known once mfa has judged the answer and `device` the attempt. */
export interface PasskeySignInFacts {
  /** The passkey answered rightly, and is both factors in one. */
  isProven: boolean;
  /** Undefined where nobody was named, or the account has no password any more. */
  userState: UserState | undefined;
  /** Everything that the user had begun was ended meanwhile. */
  isCutOff: boolean;
  isEntitled: boolean;
  verdict: Verdict;
}

/**
 * What a sign-in by a passkey comes to. Every refusal looks the same from outside (SR-16). Doubt about the device asks for
 * nothing more: there is nothing stronger to ask for. Locks against guessers of passwords are not looked at (SR-14).
 */
export function decidePasskeySignIn(facts: PasskeySignInFacts): { kind: 'open' } | Refused {
  if (!facts.isProven || facts.userState === undefined) return { kind: 'refused', reason: 'credentials' };
  if (isBlocked(facts.userState, 'sign_in') || facts.isCutOff) return { kind: 'refused', reason: 'status' };
  if (!facts.isEntitled) return { kind: 'refused', reason: 'client' };
  if (facts.verdict === 'deny') return { kind: 'refused', reason: 'risk' };
  return { kind: 'open' };
}

interface Refused {
  kind: 'refused';
  reason: RefusalReason;
}
