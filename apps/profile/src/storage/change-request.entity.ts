import type { UserId } from '@bank/domain';
import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import type { Contact, Identity } from '#storage/profile-groups.ts';

export const rejections = ['evidence_missing', 'evidence_unclear', 'evidence_differs', 'not_possible'] as const;
/** Why a request was rejected, as its user is told. */
export type Rejection = (typeof rejections)[number];

export type ChangeRequestStatus = 'open' | 'approved' | 'rejected' | 'withdrawn';

/** What a user asks to have changed of what was verified. `proposal` holds the values and the user's reason, sealed. */
export const ChangeRequestEntity = defineEntity({
  name: 'ChangeRequest',
  tableName: 'change_requests',
  schema: 'profile',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    status: p.text(),
    fields: p.array(),
    proposal: p.blob(),
    createdAt: p.datetime(),
    closedAt: p.datetime().nullable(),
    decidedBy: p.uuid().nullable(),
    noteId: p.uuid().nullable(),
    rejection: p.text().nullable(),
  },
  indexes: [
    { name: 'change_requests_user_index', properties: ['userId', 'id'] },
    { name: 'change_requests_queue_index', properties: ['id'], where: `status = 'open'` },
    { name: 'change_requests_closed_index', properties: ['closedAt'] },
  ],
  uniques: [{ name: 'change_requests_open_unique', properties: ['userId'], where: `status = 'open'` }],
  checks: [
    {
      name: 'change_requests_status_check',
      expression: `status in ('open', 'approved', 'rejected', 'withdrawn')`,
    },
    { name: 'change_requests_closed_check', expression: `(status = 'open') = (closed_at is null)` },
    {
      name: 'change_requests_decided_check',
      expression: `(status in ('approved', 'rejected')) = (decided_by is not null)`,
    },
    { name: 'change_requests_subject_check', expression: 'decided_by <> user_id' },
    { name: 'change_requests_rejection_check', expression: `(status = 'rejected') = (rejection is not null)` },
  ],
});

export type ChangeRequestRow = InferEntity<typeof ChangeRequestEntity>;

/** The values that a request asks for. */
export type ProposedChanges = Partial<Identity & Pick<Contact, 'residence'>>;

/** What is sealed of a request. */
export type Proposal = { readonly changes: ProposedChanges; readonly reason: string };

/** An opened request. */
export interface ChangeRequest extends Proposal {
  readonly id: string;
  readonly userId: UserId;
  readonly status: ChangeRequestStatus;
  readonly fields: readonly string[];
  readonly createdAt: Date;
  readonly closedAt: Date | null;
  /** The member of staff who decided. */
  readonly decidedBy: UserId | null;
  readonly rejection: Rejection | null;
}

/** One that waits for a decision, without what is sealed. */
export type WaitingRequest = Pick<ChangeRequest, 'id' | 'userId' | 'fields' | 'createdAt'>;

/** The sensitivity group of a proposal: what two requests of one user hold cannot be swapped either. */
export function proposalGroup(id: string): string {
  return `proposal:${id}`;
}
