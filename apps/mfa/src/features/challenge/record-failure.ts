import { notify } from '@bank/composition';
import type { UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { challengeFailed } from '#events.ts';
import { afterFailure, failuresBeforeBlock, poolOf } from '#features/challenge/policies.ts';
import type { CountedPurposeName } from '#storage/challenge.entity.ts';
import type { AnswerRecord } from '#storage/subject.entity.ts';

/**
 * Tells of a wrong answer. One with a record is counted against its user over all challenges and enrolments of its pool; they are told once a
 * series when it blocks them. What nobody guesses has none: it counts for nothing, and says nothing of what does.
 */
export async function recordFailure(
  tx: AppTransaction,
  failure: {
    answer: { readonly userId: UserId; readonly purpose: CountedPurposeName };
    factorId: string | undefined;
    record: AnswerRecord | undefined;
    now: Date;
  },
): Promise<void> {
  const { answer, factorId, now } = failure;
  const { userId, purpose } = answer;
  const record = failure.record && afterFailure(failure.record, now);
  if (record !== undefined) await tx.subjects.noteAnswers(userId, poolOf(purpose), record);
  await tx.emit(challengeFailed({ userId, factorId, purpose, record, at: now }));
  await tx.audit({
    action: 'mfa.challenge.failed',
    subject: userId,
    outcome: 'failure',
    details: {
      purpose,
      ...(record !== undefined && { failures: record.failures }),
      ...(factorId !== undefined && { factorId }),
    },
  });
  const until = record?.failures === failuresBeforeBlock ? record.blockedUntil : null;
  if (until === null) return;
  const minutes = Math.ceil((until.getTime() - now.getTime()) / 60_000);
  await notify(tx, userId, messageOf('second-factor-blocked', { at: now, minutes }));
}
