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
  'staff.invite': 'users.roles',
} as const satisfies Readonly<Record<string, Permission>>;
export type ApprovalAction = keyof typeof approvalActions;
