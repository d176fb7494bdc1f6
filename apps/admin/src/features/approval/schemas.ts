import { type ApprovalAction, approvalActions, approvalPayloads, EmailSchema, roles, Uuidv7Schema } from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';
import { ReasonText } from '#features/act/schemas.ts';
import { approvalStatuses } from '#storage/approval.entity.ts';

/** Which roles a user is to hold from then on, and why. */
export const RolesRequest = v.strictObject({
  roles: approvalPayloads['user.set_roles'].entries.roles,
  reason: ReasonText,
});

/** Whom to make a member of staff, and why. The address goes on to `auth` and is kept nowhere here. */
export const InvitationRequest = v.strictObject({
  email: EmailSchema,
  roles: approvalPayloads['staff.invite'].entries.roles,
  reason: ReasonText,
});

/** By which approval it will be done. */
export const ApprovalAccepted = v.strictObject({ approvalId: Uuidv7Schema });

/** The path of a route about one approval. */
export const ApprovalParams = v.strictObject({ id: Uuidv7Schema });

/** A decision; its reason may be left out. */
export const Decision = v.strictObject({ reason: v.optional(ReasonText) });

/** Which approvals to list. */
export const ApprovalQuery = v.strictObject({ status: v.optional(v.picklist(approvalStatuses)), ...listQuery });

const timestamp = v.pipe(v.string(), v.isoTimestamp());

const approvalEntries = {
  id: Uuidv7Schema,
  action: v.picklist(Object.keys(approvalActions) as ApprovalAction[]),
  userId: v.nullable(Uuidv7Schema),
  roles: v.nullable(v.array(v.picklist(roles))),
  invitationId: v.nullable(Uuidv7Schema),
  kycCaseId: v.nullable(Uuidv7Schema),
  status: v.picklist(approvalStatuses),
  makerId: Uuidv7Schema,
  checkerId: v.nullable(Uuidv7Schema),
  createdAt: timestamp,
  decidedAt: v.nullable(timestamp),
  expiresAt: timestamp,
};

/** A page of approvals, the latest first. */
export const ApprovalPage = pageSchema(v.strictObject(approvalEntries));

/**
 * An approval with the words of maker and checker; null where nobody said anything, or the words are erased. `invitation` says
 * whom an invitation is for, masked unless unmasked; null for anything else, and when it is over.
 */
export const ApprovalView = v.strictObject({
  ...approvalEntries,
  reason: v.nullable(v.string()),
  decisionReason: v.nullable(v.string()),
  invitation: v.nullable(v.strictObject({ email: v.string(), unmaskedUntil: v.nullable(timestamp) })),
});
