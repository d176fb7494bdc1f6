import type { UserActor } from '@bank/domain';
import { DomainError, reachesAssurance } from '@bank/domain';

/** How old the authentication may be with which factors are changed, in seconds (SR-62). */
export const freshSeconds = 300;

/** How long a factor waits to be confirmed, and how many tries that may take. */
export const pendingSeconds = 600;
export const confirmationsMax = 5;

/** Factors one user may have. */
export const factorsMax = 10;

/**
 * A first factor may be added at `aal1`; whoever has one adds another only with it, so that a stolen session does not
 * bring its own (SR-31). @throws auth.step_up.required
 */
export function requireHighestLevel(user: UserActor, confirmedFactors: number): void {
  if (confirmedFactors === 0 || reachesAssurance(user.acr, 'aal2')) return;
  throw new DomainError('auth.step_up.required', {
    reason: 'has factors',
    details: { acr: 'aal2', maxAgeSeconds: freshSeconds },
  });
}

/**
 * Who signed in before staff removed the factors adds none: his session ends as soon as `auth` hears of it, and until then
 * it must not bring a factor of its own (SR-31, SR-35). @throws auth.step_up.required
 */
export function requireSignedInSince(user: Pick<UserActor, 'authTime'>, factorsResetAt: Date | null): void {
  if (factorsResetAt === null || user.authTime > factorsResetAt) return;
  throw new DomainError('auth.step_up.required', {
    reason: 'signed in before the factors were reset',
    details: { acr: 'aal1', maxAgeSeconds: freshSeconds },
  });
}
