import { mkdirSync, statfsSync } from 'node:fs';
import { StackError } from '#stack/host/stack-error.ts';

const NEEDED_MIB = 600;
const MIB = 1024 * 1024;

/** @throws StackError when the disk under `folder` has no room for the data of a stack. */
export function requireFreeSpace(folder: string, neededMib = NEEDED_MIB): void {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  const freeMib = Math.floor((bavail * bsize) / MIB);
  if (freeMib < neededMib) {
    throw new StackError(`the disk is full: ${folder} has ${freeMib} MiB free, the stack needs ${neededMib} MiB`);
  }
}
