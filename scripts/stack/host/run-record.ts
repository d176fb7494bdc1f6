import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type RecordedProcess } from '#stack/host/process-identity.ts';

const STOP_MS = 15_000;
const KILL_MS = 5_000;

export interface RunningProcess extends RecordedProcess {
  readonly name: string;
  readonly stopSignal: NodeJS.Signals;
}

export interface RunRecord {
  add(entry: RunningProcess): void;
  remove(pid: number): void;
}

/** Keeps the list of the processes of a run on disk, so that a later run can stop what a killed launcher left. */
export function openRunRecord(file: string): RunRecord {
  let entries: RunningProcess[] = [];
  mkdirSync(dirname(file), { recursive: true });
  const save = () => {
    writeFileSync(`${file}.new`, JSON.stringify({ processes: entries }, null, 2));
    renameSync(`${file}.new`, file);
  };
  save();
  return {
    add(entry) {
      entries = [...entries, entry];
      save();
    },
    remove(pid) {
      entries = entries.filter((entry) => entry.pid !== pid);
      try {
        save();
      } catch {
        // A full disk must not keep anything from being stopped; an entry too many is harmless, its process is gone.
      }
    },
  };
}

/** The processes of the last run, running or not. */
export function readRunRecord(file: string): readonly RunningProcess[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { processes: RunningProcess[] }).processes;
  } catch {
    return [];
  }
}

/** Stops what a killed launcher left running and forgets that run. Gives the names of what it stopped. */
export async function stopOrphans(file: string): Promise<readonly string[]> {
  const orphans = readRunRecord(file).filter(isAlive);
  for (const orphan of orphans) {
    signalGroup(orphan.pid, orphan.stopSignal);
  }
  await waitForEnd(orphans, STOP_MS);
  for (const orphan of orphans.filter(isAlive)) {
    signalGroup(orphan.pid, 'SIGKILL');
  }
  await waitForEnd(orphans, KILL_MS);
  rmSync(file, { force: true });
  return orphans.map((orphan) => orphan.name);
}

/** Signals every process of a group; a group that is gone is no error. */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leaderPid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

async function waitForEnd(processes: readonly RunningProcess[], deadlineMs: number): Promise<void> {
  const endsAt = Date.now() + deadlineMs;
  while (processes.some(isAlive) && Date.now() < endsAt) {
    await delay(50);
  }
}
