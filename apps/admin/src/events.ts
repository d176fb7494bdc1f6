import type { OutboxEvent } from '@bank/database';
import type { Checkpoint } from '@bank/ledger';
import { ActionPerformedSchema, ApprovalDecidedSchema, CheckpointSignedSchema, encodeEvent } from '@bank/proto/events';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';

/** `audit.checkpoint_signed.v1`: where the ledger stood, for whoever may have to prove it later. */
export function checkpointSigned(
  { number, heads, signedAt }: Checkpoint,
  { jws, keyId }: { readonly jws: string; readonly keyId: string },
): OutboxEvent {
  return {
    subject: 'ledger',
    ...encodeEvent(CheckpointSignedSchema, {
      number: BigInt(number),
      heads: heads.map(({ position, hash }, shard) => {
        return { shard, position: BigInt(position), hash: Buffer.from(hash, 'hex') };
      }),
      jws,
      keyId,
      signedAt: timestampFromDate(signedAt),
    }),
  };
}

/** Something that staff did to a user, or to nobody who is a user yet. */
export interface PerformedAction {
  readonly userId: string | undefined;
  readonly staffId: string;
  readonly action: string;
  readonly noteId: string;
  readonly approvalId?: string;
  readonly at: Date;
}

/** `admin.action_performed.v1`: a member of staff did something. The reason is in the note, the words nowhere else. */
export function actionPerformed({ userId = '', approvalId = '', at, ...act }: PerformedAction): OutboxEvent {
  return {
    subject: userId || approvalId,
    ...encodeEvent(ActionPerformedSchema, { ...act, userId, approvalId, performedAt: timestampFromDate(at) }),
  };
}

/** How a request of staff ended. */
export interface DecidedApproval {
  readonly approvalId: string;
  readonly userId: string | undefined;
  readonly action: string;
  readonly makerId: string;
  readonly checkerId: string;
  readonly approved: boolean;
  readonly at: Date;
}

/** `admin.approval_decided.v1`: approved and done, or rejected. */
export function approvalDecided({ userId = '', at, ...decided }: DecidedApproval): OutboxEvent {
  return {
    subject: userId || decided.approvalId,
    ...encodeEvent(ApprovalDecidedSchema, { ...decided, userId, decidedAt: timestampFromDate(at) }),
  };
}
