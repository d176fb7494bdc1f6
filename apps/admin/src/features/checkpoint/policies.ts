const everyEntries = 1000;

/** What has happened since the last checkpoint. */
export interface Unsigned {
  readonly entries: number;
  /** When the last one was signed; undefined when there is none. */
  readonly lastSignedAt: Date | undefined;
}

/**
 * Whether a checkpoint is due: after 1,000 entries, or so long after the last one when there is any entry. One that was signed by
 * a clock that has been put back since must not hold up those after it.
 */
export function isCheckpointDue({ entries, lastSignedAt }: Unsigned, now: Date, everyMs: number): boolean {
  if (entries <= 0) return false;
  if (entries >= everyEntries || lastSignedAt === undefined) return true;
  const ageMs = now.getTime() - lastSignedAt.getTime();
  return ageMs < 0 || ageMs >= everyMs;
}
