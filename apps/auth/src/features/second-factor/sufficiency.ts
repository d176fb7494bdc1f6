import { audiences } from '@bank/domain';

/**
 * What proves the second factor of a member of staff (SR-72): a passkey or an authenticator app. Never a
 * text message, and no recovery code: a colleague who has lost his app gets his factors reset by two others.
 */
const staffFactors: ReadonlySet<string> = new Set(['totp', 'webauthn']);

/** Whether this kind of factor, or `recovery_code`, is good enough for a session of that audience. */
export function suffices(audience: string, by: string): boolean {
  return audience === audiences.customers || (audience === audiences.staff && staffFactors.has(by));
}

/** Whether no password opens a session of that audience by itself. */
export function needsFactor(audience: string): boolean {
  return audience !== audiences.customers;
}
