import type { CountedPurposeName } from '#storage/challenge.entity.ts';
import type { AnswerRecord, Pool } from '#storage/subject.entity.ts';

/** Wrong answers that a challenge bears (SR-25). */
export const triesMax = 5;

/** Wrong answers in a row in one pool, over all challenges and sessions of a user, after which none is taken for a while. */
export const failuresBeforeBlock = 10;

/** How long, in seconds: at the tenth failure in a row, at the eleventh, and so on; the last entry repeats. */
const blockSeconds: readonly number[] = [900, 1800, 3600, 7200, 14_400, 86_400];

/** How often a reset of the password lifts what is counted: who reads the mail alone gets few more guesses by it. */
export const liftingSeconds = 86_400;

/** With what an answer is counted, and a code sent. A recovery is begun by who is signed out, as a sign-in is. */
export function poolOf(purpose: CountedPurposeName): Pool {
  return purpose === 'sign_in' || purpose === 'recovery' ? 'sign_in' : 'session';
}

/** Until when no answer of this user is taken in that pool; undefined while answers are. */
export function blockedUntil(record: AnswerRecord, now: Date): Date | undefined {
  const until = record.blockedUntil;
  return until !== null && until > now ? until : undefined;
}

/** The record after one more wrong answer. */
export function afterFailure(record: AnswerRecord, now: Date): AnswerRecord {
  const failures = record.failures + 1;
  if (failures < failuresBeforeBlock) return { failures, blockedUntil: null };
  const seconds = blockSeconds[Math.min(failures - failuresBeforeBlock, blockSeconds.length - 1)] ?? 0;
  return { failures, blockedUntil: new Date(now.getTime() + seconds * 1000) };
}

/** The record after a right answer. */
export const afterSuccess: AnswerRecord = { failures: 0, blockedUntil: null };
