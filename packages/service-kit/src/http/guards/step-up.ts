import type { Actor } from '@bank/domain';
import { DomainError, reachesAssurance } from '@bank/domain';
import type { StepUp } from '#http/contract/route.ts';

/**
 * Demands an authentication that is strong and recent enough (SR-62). The answer says what would do.
 * @throws auth.step_up.required
 */
export function requireStepUp(actor: Actor, { acr, maxAgeSeconds }: StepUp, now: Date): void {
  const passed =
    actor.kind === 'user' &&
    reachesAssurance(actor.acr, acr) &&
    now.getTime() - actor.authTime.getTime() <= maxAgeSeconds * 1000;
  if (!passed) {
    throw new DomainError('auth.step_up.required', { details: { acr, maxAgeSeconds } });
  }
}
