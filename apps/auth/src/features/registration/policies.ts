/** Wrong codes one registration bears, resends included (SR-25). */
export const codeAttemptsMax = 5;

/**
 * Wrong codes that one address bears in a day (UTC) of all its registrations, whose mails carry a link instead of a code then, and
 * as many of all users who ask to have it, of whom no code proves it then. Apart: registrations are anybody's, and have a way out.
 */
export const addressFailuresMax = 20;

/** Life of a code (SR-22), and of a link, which nobody can guess. */
export const codeSeconds = 600;
export const linkSeconds = 3600;

/** How long a registration can be resent and verified at all. */
export const registrationSeconds = 86_400;

const mailsOfNetworkMax = 3;

/**
 * How many of the messages that registrations may send to one address in an hour, two or more, one client network may have sent: one
 * less at most, so that no network alone uses up those of all others.
 */
export function mailsOfNetwork(mailsPerHour: number): number {
  return Math.min(mailsOfNetworkMax, mailsPerHour - 1);
}

export type ProofKind = 'code' | 'link';

/** Whether the next message for an address carries a code, or, after too many wrong codes today, a link. */
export function proofKindFor(failuresToday: number): ProofKind {
  return failuresToday < addressFailuresMax ? 'code' : 'link';
}

/** The day in which wrong codes are counted, as `YYYY-MM-DD` (UTC). */
export function countingDay(now: Date): string {
  return now.toISOString().slice(0, 10);
}
