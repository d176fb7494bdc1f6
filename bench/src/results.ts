import { join } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';
import { type Machine, writeLatest } from '@bank/test-bed';
import type { BenchOptions } from '#options.ts';
import { isReached, type Row } from '#row.ts';

/** Where results lie; git ignores it. */
export const resultsFolder = join(repositoryFolder, 'bench', 'results');

export interface Results {
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly rows: readonly Row[];
  /** Cases that could not be measured, and why. */
  readonly failures: readonly string[];
}

/** Writes what was measured, where and how, to `bench/results/latest.json`; gives the file's path. */
export function writeResults({ machine, options, rows, failures }: Results): string {
  return writeLatest(resultsFolder, {
    machine,
    settings: options,
    rows: rows.map((row) => ({ ...row, reached: isReached(row) })),
    failures,
  });
}
