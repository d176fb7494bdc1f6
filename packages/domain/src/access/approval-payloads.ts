import * as v from 'valibot';
import type { ApprovalAction } from '#access/approvals.ts';
import { RoleSetSchema, StaffRoleSetSchema } from '#access/role-set.ts';
import { kycReasonCodes } from '#kyc/kyc-reasons.ts';
import { Uuidv7Schema } from '#time/uuid.ts';
import { UserIdSchema } from '#user/user-id.ts';

const aboutUser = v.strictObject({ userId: UserIdSchema });

/** A case as it stood when it was asked about: another attempt needs another approval. */
const kycCase = { userId: UserIdSchema, caseId: Uuidv7Schema, attempt: v.pipe(v.number(), v.integer(), v.minValue(1)) };

/** What exactly each action is asked for with: an approval is bound to the digest of it, so roles have one order. */
export const approvalPayloads = {
  'user.set_roles': v.strictObject({ userId: UserIdSchema, roles: RoleSetSchema }),
  'user.suspend': aboutUser,
  'user.reinstate': aboutUser,
  'user.close': aboutUser,
  'user.reset_factors': aboutUser,
  'user.recover': v.strictObject({ userId: UserIdSchema, recoveryId: Uuidv7Schema }),
  'kyc.approve': v.strictObject(kycCase),
  'kyc.reject': v.strictObject({
    ...kycCase,
    reasons: v.pipe(v.array(v.picklist(kycReasonCodes)), v.minLength(1), v.maxLength(kycReasonCodes.length)),
  }),
  'staff.invite': v.strictObject({ invitationId: Uuidv7Schema, roles: StaffRoleSetSchema }),
} as const satisfies Readonly<Record<ApprovalAction, v.GenericSchema>>;
export type ApprovalPayload<A extends ApprovalAction = ApprovalAction> = v.InferOutput<(typeof approvalPayloads)[A]>;
