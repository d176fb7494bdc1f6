const everyMs = 60_000;
const everyEntries = 1000;

/** What has happened since the last checkpoint. */
export interface Unsigned {
  readonly entries: number;
  /** When the last one was signed; undefined when there is none. */
  readonly lastSignedAt: Date | undefined;
}

/** Whether a checkpoint is due: after 1,000 entries, or a minute after the last one when there is any entry. */
export function isCheckpointDue({ entries, lastSignedAt }: Unsigned, now: Date): boolean {
  if (entries <= 0) return false;
  return entries >= everyEntries || lastSignedAt === undefined || now.getTime() - lastSignedAt.getTime() >= everyMs;
}
