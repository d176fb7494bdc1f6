import type { Permission } from '#access/permissions.ts';

/**
 * What staff do only by two people (SR-71), and the permission that maker and checker both need. The checker needs
 * `approvals.decide` as well.
 */
export const approvalActions = {
  'user.set_roles': 'users.roles',
  'user.suspend': 'users.suspend',
  'user.reinstate': 'users.suspend',
  'user.close': 'users.close',
  'user.reset_factors': 'users.reset_mfa',
  'user.recover': 'users.reset_mfa',
  'staff.invite': 'users.roles',
  'kyc.approve': 'kyc.decide',
  'kyc.reject': 'kyc.decide',
} as const satisfies Readonly<Record<string, Permission>>;
/** The name of such an act. */
export type ApprovalAction = keyof typeof approvalActions;

/** How long a signed request may be executed, in seconds. */
export const approvalSeconds = 86_400;

/** Whether text from outside names an action that takes two people. */
export function isApprovalAction(value: unknown): value is ApprovalAction {
  return typeof value === 'string' && Object.hasOwn(approvalActions, value);
}
