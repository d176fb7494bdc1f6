import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describeFind, findsOf } from '#canaries/finder.ts';
import { canaryMark } from '#canaries/mark.ts';

/** What is looked through, and what was found: one line for each. */
export interface SearchedLogs {
  readonly files: readonly string[];
  readonly finds: readonly string[];
}

/** Looks for canaries in the logs of every stack below a folder: what CI keeps of a run, those of the stores included (SR-85). */
export function searchLogs(folder: string): SearchedLogs {
  const stacks = ['.', ...readdirSync(folder)]
    .map((name) => join(folder, name, 'logs'))
    .filter((logs) => existsSync(logs));
  const files = stacks.flatMap((logs) =>
    readdirSync(logs)
      .filter((name) => name.endsWith('.log'))
      .map((name) => join(logs, name)),
  );
  const sinks = files.map((file) => ({ name: relative(folder, file), text: readFileSync(file, 'utf8') }));
  return { files, finds: findsOf({ 'a canary': canaryMark }, sinks).map(describeFind) };
}
