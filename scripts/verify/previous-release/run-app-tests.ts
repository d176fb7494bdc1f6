import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { AppReport, type Outcome, outcomeOf } from '#verify/previous-release/outcome.ts';
import { runStep } from '#verify/run-step.ts';
import { testResults } from '#verify/steps.ts';

/**
 * Runs the tests of an app in the unpacked release at `folder`, and judges them by their report. A test that fails is run twice more:
 * what a table lacks it lacks each time, and what measures time may fail once on a busy machine.
 */
export async function runAppTests(folder: string, app: string): Promise<Outcome> {
  const report = join(folder, 'apps', app, testResults);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { ok, output } = await runStep(folder, {
    name: `tests of ${app}`,
    command: 'pnpm',
    args: ['--filter', `@bank/${app}`, 'exec', 'vitest', 'run', '--retry=2', ...reporters],
    live: true,
  });
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new Error(`the tests of ${app} did not come to an end${output === '' ? '' : `: ${output}`}`);
  return outcomeOf(v.parse(AppReport, JSON.parse(text)), ok);
}
