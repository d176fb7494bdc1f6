import { mkdirSync, statfsSync } from 'node:fs';
import { StackError } from '#stack/host/stack-error.ts';

const NEEDED_MIB = 600;
const FULL_MIB = 16;
const MIB = 1024 * 1024;

/** @throws StackError when the disk under `folder` has no room for the data of a stack. */
export function requireFreeSpace(folder: string, neededMib = NEEDED_MIB): void {
  mkdirSync(folder, { recursive: true });
  const free = freeMib(folder);
  if (free < neededMib) {
    throw new StackError(`the disk is full: ${folder} has ${free} MiB free, the stack needs ${neededMib} MiB`);
  }
}

/** The failure itself, or the full disk behind it: servers on a full disk die of something else. */
export function failureOn(folder: string, error: unknown): unknown {
  const free = freeMib(folder);
  return free < FULL_MIB ? new StackError(`the disk is full: ${folder} has ${free} MiB left`, { cause: error }) : error;
}

function freeMib(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / MIB);
}
