import type { OutboxEvent } from '@bank/database';
import type { UserId } from '@bank/domain';
import {
  ChallengeFailedSchema,
  encodeEvent,
  FactorEnrolledSchema,
  FactorRemovedSchema,
  FactorsResetSchema,
  PasskeyCloneSuspectedSchema,
  RecoveryCodesGeneratedSchema,
  RecoveryCodeUsedSchema,
} from '@bank/proto/events';
import { ChallengePurpose, FactorType } from '@bank/proto/mfa';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { CountedPurposeName } from '#storage/challenge.entity.ts';
import type { FactorTypeName } from '#storage/factor.entity.ts';
import type { AnswerRecord } from '#storage/subject.entity.ts';

/** A kind of factors by the number that messages have for its name, if they have one: every kind is told by its name as well. */
export function numberOf(name: string): FactorType {
  const numbers: Readonly<Record<string, FactorType>> = FactorType;
  const key = name.toUpperCase();
  return (Object.hasOwn(numbers, key) ? numbers[key] : undefined) ?? FactorType.UNSPECIFIED;
}

const purposes: Record<CountedPurposeName, ChallengePurpose> = {
  sign_in: ChallengePurpose.SIGN_IN,
  step_up: ChallengePurpose.STEP_UP,
  recovery: ChallengePurpose.RECOVERY,
  transaction: ChallengePurpose.TRANSACTION,
  enrolment: ChallengePurpose.ENROLMENT,
};

interface FactorFacts {
  readonly userId: UserId;
  readonly factorId: string;
  readonly type: FactorTypeName;
  readonly at: Date;
}

/** `mfa.factor_enrolled.v1`: a second factor was confirmed and is asked for from now on. */
export function factorEnrolled({ userId, factorId, type, at }: FactorFacts): OutboxEvent {
  const data = { userId, factorId, type: numberOf(type), typeName: type, enrolledAt: timestampFromDate(at) };
  return { subject: userId, ...encodeEvent(FactorEnrolledSchema, data) };
}

/** `mfa.factor_removed.v1`: a second factor no longer counts. */
export function factorRemoved({
  userId,
  factorId,
  type,
  at,
  byStaff = false,
}: FactorFacts & { readonly byStaff?: boolean }): OutboxEvent {
  const data = {
    userId,
    factorId,
    type: numberOf(type),
    typeName: type,
    removedAt: timestampFromDate(at),
    removedByStaff: byStaff,
  };
  return { subject: userId, ...encodeEvent(FactorRemovedSchema, data) };
}

/** `mfa.factors_reset.v1`: whatever proved a user beside the password no longer counts, if there was anything. */
export function factorsReset({ userId, at, byStaff }: { userId: UserId; at: Date; byStaff: boolean }): OutboxEvent {
  return { subject: userId, ...encodeEvent(FactorsResetSchema, { userId, resetAt: timestampFromDate(at), byStaff }) };
}

/** `mfa.recovery_codes_generated.v1`: a user got new recovery codes, and all older ones are dead. */
export function recoveryCodesGenerated(facts: { userId: UserId; count: number; at: Date }): OutboxEvent {
  const { userId, count } = facts;
  const data = { userId, count, generatedAt: timestampFromDate(facts.at) };
  return { subject: userId, ...encodeEvent(RecoveryCodesGeneratedSchema, data) };
}

/** `mfa.recovery_code_used.v1`: a recovery code stood in for a factor. */
export function recoveryCodeUsed(facts: { userId: UserId; remaining: number; at: Date }): OutboxEvent {
  const { userId, remaining } = facts;
  const data = { userId, remaining, usedAt: timestampFromDate(facts.at) };
  return { subject: userId, ...encodeEvent(RecoveryCodeUsedSchema, data) };
}

/** `mfa.challenge_failed.v1`: a wrong answer; `factorId` is that of the factor, none for a recovery code. */
export function challengeFailed(facts: {
  userId: UserId;
  factorId: string | undefined;
  purpose: CountedPurposeName;
  /** What is counted now; nothing for an answer that nobody guesses. */
  record: AnswerRecord | undefined;
  at: Date;
}): OutboxEvent {
  const { userId, factorId = '', purpose, record } = facts;
  const data = {
    userId,
    factorId,
    purpose: purposes[purpose],
    failures: record?.failures ?? 0,
    ...(record?.blockedUntil && { blockedUntil: timestampFromDate(record.blockedUntil) }),
    failedAt: timestampFromDate(facts.at),
  };
  return { subject: userId, ...encodeEvent(ChallengeFailedSchema, data) };
}

/** `mfa.passkey_clone_suspected.v1`: the count of a passkey's signatures did not grow; it was refused. */
export function passkeyCloneSuspected(facts: { userId: UserId; factorId: string; at: Date }): OutboxEvent {
  const { userId, factorId } = facts;
  const data = { userId, factorId, suspectedAt: timestampFromDate(facts.at) };
  return { subject: userId, ...encodeEvent(PasskeyCloneSuspectedSchema, data) };
}
