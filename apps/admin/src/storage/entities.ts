import { ApprovalEntity } from '#storage/approval.entity.ts';
import { LedgerCheckpointEntity, LedgerSignerEntity } from '#storage/ledger-checkpoint.entity.ts';
import { LedgerEntryEntity } from '#storage/ledger-entry.entity.ts';
import { LedgerForwarderEntity, LedgerForwardingEntity } from '#storage/ledger-forwarding.entity.ts';
import { LedgerHeadEntity } from '#storage/ledger-head.entity.ts';
import { LedgerVerificationEntity } from '#storage/ledger-verification.entity.ts';
import { StaffNoteEntity } from '#storage/staff-note.entity.ts';
import { UnmaskingEntity } from '#storage/unmasking.entity.ts';
import { UserEntity } from '#storage/user.entity.ts';

/** Every entity of the schema `admin`: what the migrations are checked against. */
export const entities = [
  ApprovalEntity,
  LedgerCheckpointEntity,
  LedgerEntryEntity,
  LedgerForwarderEntity,
  LedgerForwardingEntity,
  LedgerHeadEntity,
  LedgerSignerEntity,
  LedgerVerificationEntity,
  StaffNoteEntity,
  UnmaskingEntity,
  UserEntity,
];
