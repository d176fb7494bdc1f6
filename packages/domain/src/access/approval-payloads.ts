import * as v from 'valibot';
import type { ApprovalAction } from '#access/approvals.ts';
import { RoleSetSchema, StaffRoleSetSchema } from '#access/role-set.ts';
import { Uuidv7Schema } from '#time/uuid.ts';
import { UserIdSchema } from '#user/user-id.ts';

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
