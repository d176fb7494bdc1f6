import { type Actor, type AssuranceLevel, reachesAssurance, type UserActor } from '#access/actor.ts';
import { DomainError } from '#errors/domain-error.ts';

/**
 * Demands an authentication that is strong and recent enough (SR-62). A password alone, on a device that was not known, is none:
 * whoever has stolen it would enrol a factor of their own (SR-31). The answer says what would do.
 * @throws auth.step_up.required
 */
export function requireStepUp(
  actor: Actor,
  { acr, maxAgeSeconds }: { readonly acr: AssuranceLevel; readonly maxAgeSeconds: number },
  now: Date,
): void {
  const passed =
    actor.kind === 'user' &&
    reachesAssurance(actor.acr, acr) &&
    isMoreThanPassword(actor) &&
    now.getTime() - actor.authTime.getTime() <= maxAgeSeconds * 1000;
  if (!passed) {
    throw new DomainError('auth.step_up.required', { details: { acr, maxAgeSeconds } });
  }
}

function isMoreThanPassword({ amr }: UserActor): boolean {
  return amr.some((method) => method !== 'pwd');
}
