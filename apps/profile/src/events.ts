import type { OutboxEvent } from '@bank/database';
import type { UserId } from '@bank/domain';
import {
  BankAccountLinkedSchema,
  BankAccountUnlinkedSchema,
  ConsentDecision,
  ConsentRecordedSchema,
  encodeEvent,
  KycStatusChangedSchema,
  KycSubmittedSchema,
  ProfileUpdatedSchema,
  SettingsUpdatedSchema,
} from '@bank/proto/events';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { Consent } from '#storage/consent.entity.ts';

/** `profile.updated.v1`: the names of the fields that changed, never their values. */
export function profileUpdated(update: {
  userId: UserId;
  version: number;
  changedFields: readonly string[];
  at: Date;
}): OutboxEvent {
  return {
    subject: update.userId,
    ...encodeEvent(ProfileUpdatedSchema, {
      userId: update.userId,
      version: BigInt(update.version),
      changedFields: [...update.changedFields],
      updatedAt: timestampFromDate(update.at),
    }),
  };
}

/** `settings.updated.v1`: the names of the settings that changed, never their values. */
export function settingsUpdated(update: {
  userId: UserId;
  version: number;
  changedFields: readonly string[];
  at: Date;
}): OutboxEvent {
  return {
    subject: update.userId,
    ...encodeEvent(SettingsUpdatedSchema, {
      userId: update.userId,
      version: BigInt(update.version),
      changedFields: [...update.changedFields],
      updatedAt: timestampFromDate(update.at),
    }),
  };
}

const decisions = { given: ConsentDecision.GIVEN, withdrawn: ConsentDecision.WITHDRAWN } as const;

/** `consent.recorded.v1`: which text a user agrees to, or no longer. */
export function consentRecorded({
  userId,
  purpose,
  textVersion,
  decision,
  sequence,
  id,
  recordedAt,
}: Consent): OutboxEvent {
  return {
    subject: userId,
    ...encodeEvent(ConsentRecordedSchema, {
      userId,
      consentId: id,
      purpose,
      textVersion,
      decision: decisions[decision],
      sequence: BigInt(sequence),
      recordedAt: timestampFromDate(recordedAt),
    }),
  };
}

interface BankAccountFacts {
  readonly userId: UserId;
  readonly accountId: string;
  readonly at: Date;
}

/** `bank_account.linked.v1`: a user linked a bank account of theirs. */
export function bankAccountLinked({ userId, accountId, at }: BankAccountFacts): OutboxEvent {
  const data = { userId, accountId, linkedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(BankAccountLinkedSchema, data) };
}

/** `bank_account.unlinked.v1`: a user unlinked a bank account. */
export function bankAccountUnlinked({ userId, accountId, at }: BankAccountFacts): OutboxEvent {
  const data = { userId, accountId, unlinkedAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(BankAccountUnlinkedSchema, data) };
}

/** `kyc.submitted.v1`: a case was handed in, for which tier and as which attempt. */
export function kycSubmitted(submitted: {
  userId: UserId;
  caseId: string;
  attempt: number;
  tier: number;
  at: Date;
}): OutboxEvent {
  const { at, ...facts } = submitted;
  return {
    subject: submitted.userId,
    ...encodeEvent(KycSubmittedSchema, { ...facts, submittedAt: timestampFromDate(at) }),
  };
}

/** `kyc.status_changed.v1`: where a case stands now, and which tier its user holds. */
export function kycStatusChanged(changed: {
  userId: UserId;
  caseId: string;
  status: string;
  tier: number;
  version: number;
  at: Date;
}): OutboxEvent {
  const { at, version, ...facts } = changed;
  return {
    subject: changed.userId,
    ...encodeEvent(KycStatusChangedSchema, { ...facts, version: BigInt(version), changedAt: timestampFromDate(at) }),
  };
}
