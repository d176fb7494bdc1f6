import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describeFind, findsOf } from '#canaries/finder.ts';
import { canaryMark } from '#canaries/mark.ts';
import { type AppName, appNames } from '#stack/settings/apps.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

/**
 * Where the end-to-end tests put the logs of the stacks that they started, `<stack>/logs` each; those of the last run. They are
 * among the results of the tests, so that whoever has these from a cache has the logs as well.
 */
export const journeyLogs = join(repositoryFolder, 'test', 'e2e', 'test-results', 'stacks');

const isLog = /\.log(\.1)?$/;

/** What is looked through, and what was found: one line for each. */
export interface SearchedLogs {
  readonly files: readonly string[];
  readonly finds: readonly string[];
}

/** Looks for canaries in the logs of every stack below a folder: what CI keeps of a run, those of the stores included (SR-85). */
export function searchLogs(folder: string): SearchedLogs {
  if (!existsSync(folder)) return { files: [], finds: [] };
  const stacks = ['.', ...readdirSync(folder)]
    .map((name) => join(folder, name, 'logs'))
    .filter((logs) => existsSync(logs));
  const files = stacks.flatMap((logs) =>
    readdirSync(logs)
      .filter((name) => isLog.test(name))
      .map((name) => join(logs, name)),
  );
  const finds = files.flatMap((file) => {
    const sink = { name: relative(folder, file), text: readFileSync(file, 'utf8') };
    return findsOf({ 'a canary': canaryMark }, [sink]).map(describeFind);
  });
  return { files, finds };
}

/** The apps of which no log is among the files: of them a search has told nothing. */
export function appsUnsearched(files: readonly string[]): AppName[] {
  const names = new Set(files.map((file) => basename(file)));
  return appNames.filter((app) => !names.has(`${app}.log`));
}
