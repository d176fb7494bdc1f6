import { join } from 'node:path';
import { describeFailure } from '#stack/host/stack-error.ts';
import { listenForStop } from '#stack/host/stop-signals.ts';
import { progressPrinter } from '#stack/run/progress.ts';
import { type Stack, type StackOptions, startStack } from '#stack/run/start-stack.ts';
import { addressTable } from '#stack/settings/addresses.ts';
import { readEnvFile } from '#stack/settings/env-file.ts';
import { defaultStackFolder, repositoryFolder } from '#stack/settings/repository.ts';
import { readSettings } from '#stack/settings/settings.ts';

/** Looks after a stack that is ready; resolves with a line when it cannot go on. */
export type Caretaker = (stack: Stack, report: (line: string) => void) => Promise<string>;

/**
 * Runs the development stack in this process until somebody stops it or its caretaker gives up, and sets the exit code.
 * Errors are one line.
 */
export async function runInForeground(
  options: Pick<StackOptions, 'apps' | 'replicas'>,
  caretaker: Caretaker,
): Promise<void> {
  let stack: Stack | undefined;
  const stop = listenForStop(() => {
    stack?.kill();
    process.exit(1);
  });
  try {
    const report = progressPrinter();
    const settings = readSettings(process.env, readEnvFile(join(repositoryFolder, '.env')));
    stack = await startStack({ ...options, folder: defaultStackFolder, settings, report, signal: stop.signal });
    const what = options.apps === undefined ? 'Everything is ready' : 'The services are ready; the apps are next';
    process.stdout.write(`\n${addressTable(stack.addresses)}\n\n${what}. Ctrl-C stops it.\n`);
    const failure = await Promise.race([stop.requested, caretaker(stack, report)]);
    report('stopping');
    await stack.stop();
    process.exitCode = failure === undefined ? stop.exitCode() : fail(failure);
  } catch (error) {
    process.exitCode = stop.signal.aborted ? stop.exitCode() : fail(describeFailure(error));
  }
}

function fail(line: string): number {
  process.stderr.write(`error: ${line}\n`);
  return 1;
}
