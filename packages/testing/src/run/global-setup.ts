import { randomBytes } from 'node:crypto';
import { RUN_VARIABLE } from '#run/ledger.ts';
import { removeAbandonedRuns, removeRun } from '#run/removal.ts';

/** Names this run for its workers, and removes what they created when it ends, even if a test file crashed. */
export default async function openRun(): Promise<() => Promise<void>> {
  const run = `${process.pid.toString(36)}_${randomBytes(4).toString('hex')}`;
  process.env[RUN_VARIABLE] = run;
  await removeAbandonedRuns();
  return () => removeRun(run);
}
