/** A length of time in words. */
export function minutes(count: number): string {
  return count === 1 ? '1 minute' : `${count} minutes`;
}

/** The same for days. */
export function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

/** What to do about something that one has not done. */
export const notYou = 'If this was not you, change your password now and end the sessions you do not know.';
