import { join } from 'node:path';
import { requireFreeSpace } from '#stack/host/disk.ts';
import { acquireLock } from '#stack/host/lock.ts';
import { stopOrphans } from '#stack/host/run-record.ts';
import { createSupervisor, type Supervisor } from '#stack/host/supervisor.ts';

/** A stack's folder that this process alone works in. */
export interface OpenStackFolder {
  readonly supervisor: Supervisor;
  /** Stops everything that was started and gives the folder free. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Where data, logs and secrets lie. */
  readonly folder: string;
  /** Told one line at each step. */
  readonly report?: (line: string) => void;
  /** Aborting it closes the folder, whatever is being started in it. */
  readonly signal?: AbortSignal;
}

/**
 * Takes a stack's folder for this process, stopping first what a killed launcher left running in it.
 * @throws StackError when the disk is full or another launcher runs there
 */
export async function openStackFolder({ folder, report, signal }: OpenOptions): Promise<OpenStackFolder> {
  requireFreeSpace(folder);
  const lock = await acquireLock(lockFile(folder), { signal });
  const orphans = await stopOrphans(runRecordFile(folder));
  if (orphans.length > 0) {
    report?.(`stopped what an earlier run left behind: ${orphans.join(', ')}`);
  }
  const supervisor = createSupervisor(runRecordFile(folder), join(folder, 'logs'));
  process.once('exit', supervisor.killAll); // however we end, nothing outlives us
  let closed: Promise<void> | undefined;
  async function closeOnce(): Promise<void> {
    lock.markStopping();
    await supervisor.stopAll();
    process.off('exit', supervisor.killAll);
    lock.release();
  }
  function close(): Promise<void> {
    closed ??= closeOnce();
    return closed;
  }
  signal?.addEventListener('abort', () => void close(), { once: true });
  if (signal?.aborted) {
    await close();
  }
  return { supervisor, close };
}

/** Names the launcher that works in the folder. */
export function lockFile(folder: string): string {
  return join(folder, 'lock');
}

/** Lists the processes that run in the folder. */
export function runRecordFile(folder: string): string {
  return join(folder, 'run.json');
}
