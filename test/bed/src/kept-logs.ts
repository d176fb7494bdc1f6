import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Stack } from '@bank/scripts/stack';

/**
 * Puts what a stack logs elsewhere, as its gateway's answers, beside its other logs; before it is stopped, which removes it with
 * the data. @throws Error of the file system, after which the stack has to be stopped all the same
 */
export function gatherLogs({ logFiles }: Pick<Stack, 'logFiles'>, stackFolder: string): void {
  const logs = join(stackFolder, 'logs');
  const elsewhere = logFiles().filter((file) => dirname(file) !== logs && existsSync(file));
  for (const file of elsewhere) copyFileSync(file, join(logs, basename(file)));
}

/** Moves the logs of a stack that has stopped, or did not start, to a folder that holds nothing else afterwards. */
export function moveLogs(stackFolder: string, to: string): void {
  const logs = join(stackFolder, 'logs');
  if (!existsSync(logs)) return;
  rmSync(to, { recursive: true, force: true });
  mkdirSync(dirname(to), { recursive: true });
  renameSync(logs, to);
}

/** Does something for logs to be kept. That it fails is told to `report` alone: the work, and the end of its stack, matter more. */
export function tryToKeep(report: (line: string) => void, keep: () => void): void {
  try {
    keep();
  } catch (error) {
    report(`not all logs of the stack are kept: ${error instanceof Error ? error.message : String(error)}`);
  }
}
