import type { PasskeyFacts } from '#adapters/factors/assertion.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import type { ApprovalMethod } from '#storage/transactions/transaction.entity.ts';

/** How long an approval may be used (SR-63), in seconds. */
export const transactionTokenSeconds = 300;

const own = { device_key: ['pop'], sms: ['sms'] } as const;

/**
 * What an approval adds to the methods of the session (RFC 8176). The session stands for what its user knows or is, the
 * approval for what they have, bound to the one transaction (RTS art. 4 and 5). What is the approval's own, its method tells.
 */
export function approvalAmr(method: ApprovalMethod, passkey?: PasskeyFacts): readonly string[] {
  return method === 'webauthn' ? assuranceOf(['passkey'], passkey).amr : own[method];
}
