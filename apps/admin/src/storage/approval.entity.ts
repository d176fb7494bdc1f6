import type { ApprovalAction, ApprovalPayload, UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

/**
 * What a member of staff asked for, signed in their name by `auth`, and what became of it. `payload` holds ids and roles
 * alone. While one checker has it executed nobody else can decide, and until `leaseUntil` that checker cannot begin again either.
 */
export const ApprovalEntity = defineEntity({
  name: 'Approval',
  tableName: 'approvals',
  schema: 'admin',
  properties: {
    id: p.uuid().primary(),
    action: p.text(),
    userId: p.uuid().nullable(),
    payload: p.json(),
    makerId: p.uuid(),
    noteId: p.uuid(),
    request: p.text(),
    status: p.text(),
    checkerId: p.uuid().nullable(),
    decisionNoteId: p.uuid().nullable(),
    leaseUntil: p.datetime().nullable(),
    createdAt: p.datetime(),
    decidedAt: p.datetime().nullable(),
    expiresAt: p.datetime(),
  },
  indexes: [
    { name: 'approvals_maker_index', properties: ['makerId', 'id'] },
    { name: 'approvals_action_index', properties: ['action', 'id'] },
    { name: 'approvals_due_index', properties: ['status', 'expiresAt'] },
  ],
  checks: [
    {
      name: 'approvals_status_check',
      expression: `status in ('pending', 'executing', 'approved', 'rejected', 'expired')`,
    },
    { name: 'approvals_checker_check', expression: 'checker_id <> maker_id' },
  ],
});

/** `executing` is one that a checker has approved and whose owner has not answered yet. */
export const approvalStatuses = ['pending', 'executing', 'approved', 'rejected', 'expired'] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

export interface Approval {
  readonly id: string;
  readonly action: ApprovalAction;
  readonly userId: UserId | null;
  readonly payload: ApprovalPayload;
  readonly makerId: UserId;
  readonly noteId: string;
  /** The signed request (JWS). */
  readonly request: string;
  readonly status: ApprovalStatus;
  readonly checkerId: UserId | null;
  readonly decisionNoteId: string | null;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
  readonly expiresAt: Date;
}
