import type { AssuranceLevel } from '@bank/domain';

/** What a second factor adds to a session: its level, and the methods beside what was proved before (RFC 8176). */
export interface Assurance {
  acr: AssuranceLevel;
  amr: readonly string[];
}

const assurances: Readonly<Record<string, Assurance>> = {
  totp: { acr: 'aal2', amr: ['otp', 'mfa'] },
  sms: { acr: 'aal2', amr: ['sms', 'mfa'] },
  recovery_code: { acr: 'aal2', amr: ['recovery', 'mfa'] },
};

/** A kind of factor that this version does not know, and an emailed code, raise nothing (SR-29). */
const nothing: Assurance = { acr: 'aal1', amr: ['otp'] };

/** What an accepted proof is worth; `by` is the type of the factor, or `recovery_code`. */
export function assuranceOf(by: string): Assurance {
  return Object.hasOwn(assurances, by) ? (assurances[by] ?? nothing) : nothing;
}
