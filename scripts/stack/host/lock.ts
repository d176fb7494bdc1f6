import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processIdentity, type RecordedProcess } from '#stack/host/process-identity.ts';
import { StackError } from '#stack/host/stack-error.ts';

const GRACE_MS = 2_000; // a launcher whose parent was killed notices within this time
const STOPPING_MS = 40_000;

export interface LockHolder extends RecordedProcess {
  readonly stopping: boolean;
}

export interface StackLock {
  /** Tells a launcher that waits for the lock that it will be free soon. */
  markStopping(): void;
  release(): void;
}

interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** What is said to whoever comes second. */
  readonly taken?: (pid: number) => string;
}

/**
 * Takes a lock: that of a stack folder, unless `taken` says of what. The lock of a process that no longer runs is replaced; one that
 * is stopping is waited for. @throws StackError naming the process that holds it.
 */
export async function acquireLock(file: string, options: LockOptions = {}): Promise<StackLock> {
  const { signal, taken = stackRuns } = options;
  const identity = processIdentity(process.pid) ?? 'unknown';
  const mine: LockHolder = { pid: process.pid, identity, stopping: false };
  const startedAt = Date.now();
  for (;;) {
    if (tryLink(file, mine)) {
      return heldLock(file, mine);
    }
    const holder = readLockHolder(file);
    if (holder === undefined || !isAlive(holder)) {
      removeStale(file, holder);
      continue;
    }
    if (Date.now() - startedAt > (holder.stopping ? STOPPING_MS : GRACE_MS)) {
      throw new StackError(taken(holder.pid));
    }
    await delay(100, undefined, signal === undefined ? {} : { signal });
  }
}

function stackRuns(pid: number): string {
  return `a stack already runs here (process ${pid}); stop it with "pnpm stack stop"`;
}

/** Who holds the lock, running or not; undefined when nobody does. */
export function readLockHolder(file: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

function heldLock(file: string, mine: LockHolder): StackLock {
  return {
    markStopping() {
      try {
        replace(file, { ...mine, stopping: true });
      } catch {
        // On a full disk as well, stopping goes on; who waits for the lock just waits less.
      }
    },
    release: () => rmSync(file, { force: true }),
  };
}

// A link is made with its content or not at all, so no reader ever sees a lock without its holder.
function tryLink(file: string, holder: LockHolder): boolean {
  const draft = writeDraft(file, holder);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replace(file: string, holder: LockHolder): void {
  renameSync(writeDraft(file, holder), file);
}

function writeDraft(file: string, holder: LockHolder): string {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(holder));
  return draft;
}

// Moved aside before it is removed: if another launcher took the lock over in between, its lock is put back.
function removeStale(file: string, seen: LockHolder | undefined): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return; // released meanwhile
  }
  const moved = readLockHolder(aside);
  if (moved !== undefined && moved.identity !== seen?.identity) {
    linkSync(aside, file);
  }
  rmSync(aside, { force: true });
}
