import type { Role } from '#access/permissions.ts';
import type { UserId } from '#user/user-id.ts';

/** How strongly a session was opened (NIST SP 800-63B-4 §2). */
export const assuranceLevels = ['aal1', 'aal2', 'aal3'] as const;
/** A level of assurance, from the weakest: `aal1`. */
export type AssuranceLevel = (typeof assuranceLevels)[number];

/** A person, as their verified access token describes them. */
export interface UserActor {
  readonly kind: 'user';
  readonly userId: UserId;
  readonly sessionId: string;
  readonly deviceId?: string;
  readonly roles: readonly Role[];
  readonly acr: AssuranceLevel;
  readonly amr: readonly string[];
  readonly authTime: Date;
  readonly audience: string;
}

/**
 * Whether one of the methods that a session was proved by answers to no page but ours, whoever its user believes to talk to: a passkey,
 * `swk` where it may be copied to other devices of its user and `hwk` where its maker says that it cannot (RFC 8176).
 */
export function isPhishingResistant({ amr }: Pick<UserActor, 'amr'>): boolean {
  return amr.includes('swk') || amr.includes('hwk');
}

/** Who asks. `service` is a caller known by its certificate; `system` is our own work: a consumer, a job, an operator command. */
export type Actor =
  | { readonly kind: 'anonymous' }
  | UserActor
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'system'; readonly task: string };

/** Whether an assurance level reaches another. */
export function reachesAssurance(held: AssuranceLevel, needed: AssuranceLevel): boolean {
  return assuranceLevels.indexOf(held) >= assuranceLevels.indexOf(needed);
}
