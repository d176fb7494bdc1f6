import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder, type Settings, type Stack, startStack } from '@bank/scripts/stack';
import { buildBundles } from '#bundles.ts';
import { gatherLogs, moveLogs, tryToKeep } from '#kept-logs.ts';

export interface BundledStackOptions<T = unknown> {
  /** The beginning of the names of its folder, database and virtual host. */
  readonly name: string;
  readonly settings: Settings;
  /** How often each app runs; once unless it says so. */
  readonly replicas?: number;
  /** Keeps private stores with what else is in them, in a folder of that name alone; the database of the run goes as always. */
  readonly keepStores?: boolean;
  /** Variables for every app. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether what came of the work may be explained by the logs; that it threw always is. */
  isFailure?(result: T): boolean;
  report(line: string): void;
}

/**
 * Builds the bundles and starts a stack of them on free ports and a fresh database; when the work is done, or somebody
 * interrupts it, the stack is stopped and removed. After a failure its logs stay in `.stack/kept`, until the next stack of that
 * name. @throws Error when it does not start, and what the work throws
 */
export async function withBundledStack<T>(
  options: BundledStackOptions<T>,
  work: (stack: Stack) => Promise<T>,
): Promise<T> {
  const { settings, replicas = 1, keepStores = false, env = {}, report } = options;
  report('building the bundles');
  buildBundles();
  const name = `${options.name}_${randomBytes(4).toString('hex')}`;
  const folder = join(repositoryFolder, '.stack', keepStores ? options.name : name);
  const stopper = new AbortController();
  process.once('SIGINT', () => stopper.abort());
  process.once('SIGTERM', () => stopper.abort());
  const { signal } = stopper;
  const kept = join(repositoryFolder, '.stack', 'kept', `${options.name}_${replicas}`, 'logs');
  rmSync(kept, { recursive: true, force: true });
  let isFailure = true;
  try {
    const stack = await startStack({
      ...{ folder, name, settings, replicas, env, report, signal },
      ...{ randomPorts: true, bundled: true },
    });
    let hasFailed = true;
    try {
      const result = await work(stack);
      hasFailed = options.isFailure?.(result) ?? false;
      return result;
    } finally {
      if (hasFailed && !keepStores) tryToKeep(report, () => gatherLogs(stack, folder));
      await stack.stopAndRemove({ keepStores });
      isFailure = hasFailed;
    }
  } finally {
    if (isFailure && !keepStores) {
      tryToKeep(report, () => moveLogs(folder, kept));
      report(`logs of the stack: ${kept}`);
    }
    if (!keepStores) rmSync(folder, { recursive: true, force: true });
  }
}
