import type { StretchReport } from '@bank/ledger';
import type { VerificationPlace } from '#storage/verification.repository.ts';

const everyMs = 60_000;

/** Whether the ledger is to be looked at again: also when a process whose clock is ahead was the last to do it. */
export function isVerificationDue({ checkedAt }: Pick<VerificationPlace, 'checkedAt'>, now: Date): boolean {
  if (checkedAt === null) return true;
  const ageMs = now.getTime() - checkedAt.getTime();
  return ageMs < 0 || ageMs >= everyMs;
}

/** What was found at one time: in what is new, in the next part of everything, and beside both. */
export interface Findings {
  readonly fresh: StretchReport;
  readonly swept: StretchReport;
  readonly others: number;
}

/**
 * How far verification has come. Neither place moves past a problem, so it is found again until somebody has seen to it, and
 * the age of the last good verification grows. What is new and is more than one stretch is gone on with at once.
 */
export function placeAfter(place: VerificationPlace, { fresh, swept, others }: Findings, now: Date): VerificationPlace {
  const problems = fresh.problems.length + swept.problems.length + others;
  const isCurrent = fresh.atEnd && fresh.problems.length + others === 0;
  return {
    ...place,
    checkedAt: fresh.atEnd || problems > 0 ? now : place.checkedAt,
    verifiedCheckpoint: fresh.problems.length > 0 ? place.verifiedCheckpoint : fresh.upTo,
    verifiedAt: isCurrent ? now : place.verifiedAt,
    ...sweepAfter(place, swept, now),
    problems,
  };
}

function sweepAfter(place: VerificationPlace, swept: StretchReport, now: Date): Partial<VerificationPlace> {
  if (swept.problems.length > 0) return {};
  if (!swept.atEnd) return { sweptCheckpoint: swept.upTo };
  return { sweptCheckpoint: 0, sweptSince: place.sweepBeganAt, sweepBeganAt: now };
}
