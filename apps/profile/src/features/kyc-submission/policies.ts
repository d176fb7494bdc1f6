const firstRetryMs = 5000;
const longestRetryMs = 600_000;
const firstAskMs = 600_000;
const longestAskMs = 3_600_000;

/** For how long one replica may hold what it hands over; afterwards another takes it up. Longer than the hand-over can take. */
export const submissionLeaseMs = 60_000;

/** What one replica hands over at once: each holds the pictures of a case in memory. */
export const submissionsMax = 4;

/** When to hand over again after the `tries`-th failure: 5 s, doubling to 10 minutes, without an end. */
export function nextTry(tries: number, now: Date): Date {
  return after(now, Math.min(firstRetryMs * 2 ** Math.max(tries - 1, 0), longestRetryMs));
}

/** When to ask what became of a verification, after it was asked about `asked` times: 10 minutes, doubling to an hour. */
export function nextAsk(asked: number, now: Date): Date {
  return after(now, Math.min(firstAskMs * 2 ** asked, longestAskMs));
}

function after(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
