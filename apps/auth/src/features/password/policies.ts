/** Life of a link for choosing another password, in seconds (SR-36). */
export const resetLinkSeconds = 3600;

/**
 * Passwords that may be tried by one link. Who is told that one was used before knows the present one, or an older one, by it:
 * so it is counted as a guess of a password is (SR-7, SR-13).
 */
export const resetTriesMax = 5;

/** How often a link is sent to one user in an hour; more are silently not written (SR-18, SR-38). */
export const resetLimit = { points: 5, windowSeconds: 3600 } as const;

/** What is told to the ledger of requests beyond that. */
export const refusalsToldLimit = { points: 1, windowSeconds: 60 } as const;

/** Passwords that a user does not get again: the present one, and those before it. */
export const passwordHistoryMax = 5;

/** What tells one password of a user from another. */
interface PasswordStanding {
  readonly passwordHash: string;
  readonly changedAt: Date;
}

/** Whether what was verified is still the user's password; it may have been hashed anew meanwhile (SR-8). */
export function isStillPassword(verified: PasswordStanding, current: PasswordStanding): boolean {
  return verified.passwordHash === current.passwordHash || verified.changedAt.getTime() === current.changedAt.getTime();
}
