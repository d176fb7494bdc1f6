import * as v from 'valibot';
import type { Permission } from '#access/permissions.ts';
import { RoleSetSchema, StaffRoleSetSchema } from '#access/role-set.ts';
import { Uuidv7Schema } from '#time/uuid.ts';
import { UserIdSchema } from '#user/user-id.ts';

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
} as const satisfies Readonly<Record<string, Permission>>;
export type ApprovalAction = keyof typeof approvalActions;

/** How long a signed request may be executed, in seconds. */
export const approvalSeconds = 86_400;

const aboutUser = v.strictObject({ userId: UserIdSchema });

/** What exactly each action is asked for with: an approval is bound to the digest of it, so roles have one order. */
export const approvalPayloads = {
  'user.set_roles': v.strictObject({ userId: UserIdSchema, roles: RoleSetSchema }),
  'user.suspend': aboutUser,
  'user.reinstate': aboutUser,
  'user.close': aboutUser,
  'user.reset_factors': aboutUser,
  'user.recover': v.strictObject({ userId: UserIdSchema, recoveryId: Uuidv7Schema }),
  'staff.invite': v.strictObject({ invitationId: Uuidv7Schema, roles: StaffRoleSetSchema }),
} as const satisfies Readonly<Record<ApprovalAction, v.GenericSchema>>;
export type ApprovalPayload<A extends ApprovalAction = ApprovalAction> = v.InferOutput<(typeof approvalPayloads)[A]>;

/** Whether text from outside names an action that takes two people. */
export function isApprovalAction(value: unknown): value is ApprovalAction {
  return typeof value === 'string' && Object.hasOwn(approvalActions, value);
}
