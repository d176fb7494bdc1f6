import type { ApprovalMethod } from '#storage/transactions/transaction.entity.ts';

/** How long an approval may be used (SR-63), in seconds. */
export const transactionTokenSeconds = 300;

/**
 * What an approval adds to the methods of the session (RFC 8176). The session stands for what its user knows or is, the
 * approval for what he has, bound to the one transaction (RTS art. 4 and 5).
 */
export const approvalMethods: Readonly<Record<ApprovalMethod, readonly string[]>> = {
  device_key: ['pop'],
  sms: ['sms'],
  webauthn: ['hwk'],
};
