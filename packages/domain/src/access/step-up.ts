import { type Actor, type AssuranceLevel, reachesAssurance } from '#access/actor.ts';
import { DomainError } from '#errors/domain-error.ts';

/** When, how surely and by what means (RFC 8176) a person last proved who they are. */
interface Authentication {
  readonly acr: AssuranceLevel;
  readonly amr: readonly string[];
  readonly authTime: Date;
}

/** The lowest assurance that will do, and how long ago it may have been proven, in seconds. */
interface StepUpDemand {
  readonly acr?: AssuranceLevel | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

/**
 * Whether an authentication does (SR-62). Where one of an age is demanded, a password alone, on a device that was not known, is none
 * of any age: whoever has stolen it has just signed in by it, and would enrol a factor of their own (SR-31, ADR 33).
 */
export function meetsStepUp({ acr, amr, authTime }: Authentication, demand: StepUpDemand, now: Date): boolean {
  if (demand.acr !== undefined && !reachesAssurance(acr, demand.acr)) return false;
  if (demand.maxAgeSeconds === undefined) return true;
  return isMoreThanPassword(amr) && now.getTime() - authTime.getTime() <= demand.maxAgeSeconds * 1000;
}

/** Demands an authentication that is strong and recent enough. The answer says what would do. @throws auth.step_up.required */
export function requireStepUp(
  actor: Actor,
  { acr, maxAgeSeconds }: { readonly acr: AssuranceLevel; readonly maxAgeSeconds: number },
  now: Date,
): void {
  if (actor.kind === 'user' && meetsStepUp(actor, { acr, maxAgeSeconds }, now)) return;
  throw new DomainError('auth.step_up.required', { details: { acr, maxAgeSeconds } });
}

function isMoreThanPassword(amr: readonly string[]): boolean {
  return amr.some((method) => method !== 'pwd');
}
