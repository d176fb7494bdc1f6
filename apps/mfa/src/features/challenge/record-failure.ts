import { notify } from '@bank/composition';
import type { UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { challengeFailed } from '#events.ts';
import { afterFailure, failuresBeforeBlock, poolOf } from '#features/challenge/policies.ts';
import type { CountedPurposeName } from '#storage/challenge.entity.ts';
import type { AnswerRecord } from '#storage/subject.entity.ts';

/**
 * Tells of a wrong answer. One that counts, unless said otherwise, is counted against its user over all challenges and enrolments of its pool; they are told once a
 * series when it blocks them.
 */
export async function recordFailure(
  tx: AppTransaction,
  failure: {
    answer: { readonly userId: UserId; readonly purpose: CountedPurposeName };
    factorId: string | undefined;
    record: AnswerRecord;
    now: Date;
    counts?: boolean;
  },
): Promise<void> {
  const { answer, factorId, now, counts = true } = failure;
  const { userId, purpose } = answer;
  // What counts for nothing says nothing of those that do.
  const record = counts ? afterFailure(failure.record, now) : undefined;
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
