const firstRetryMs = 5_000;
const longestRetryMs = 300_000;

/** How long one replica may hold a delivery it is sending; afterwards another may take it up. */
export const sendingLeaseMs = 60_000;

/**
 * When to try a message again after its `attempts`-th failure: 5 s, doubling to 5 minutes.
 * `undefined` when the message would be late by then: it has expired.
 */
export function nextAttempt(attempts: number, now: Date, expiresAt: Date): Date | undefined {
  const wait = Math.min(firstRetryMs * 2 ** Math.max(attempts - 1, 0), longestRetryMs);
  const next = new Date(now.getTime() + wait);
  return next < expiresAt ? next : undefined;
}
