import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Stack } from '@bank/scripts/stack';

/**
 * Puts what a stack logs elsewhere, as its gateway's answers, beside its other logs; before it is stopped, which removes it with
 * the data.
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
