// Everything CI needs: what `pnpm verify` and `npm test` run once they have started the services of the tests. Ends with a table
// of the steps and, on a line of its own, the number of tests. `--static`: only what reads the sources. `--coverage`:
// measures what of the sources the tests run, and compares it with the floors. `--full`: that, and what takes longer.
// `--pgbouncer`: only the integration tests, by way of PgBouncer.
import { fileURLToPath } from 'node:url';
import { describeFailure } from '#stack/host/stack-error.ts';
import { compiledFolder } from '#stack/settings/repository.ts';
import { fullSteps } from '#verify/full-steps.ts';
import { stopStepsWhenInterrupted } from '#verify/interruption.ts';
import { readOptions, type VerifyOptions } from '#verify/options.ts';
import { runStep, type StepResult } from '#verify/run-step.ts';
import {
  coverageStep,
  heavySteps,
  lastSteps,
  poolerSteps,
  type Step,
  sourceSteps,
  staticSteps,
  unhurriedTests,
  withCoverageOf,
} from '#verify/steps.ts';
import { receiveTestServices } from '#verify/test-services.ts';
import { clearCoverage, clearTestResults, testTotals } from '#verify/test-totals.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const startedAt = performance.now();

const interrupted = stopStepsWhenInterrupted();
const { isStatic, isFull, isPooler, withCoverage } = options();
// Every process of the tests finds what the one before has compiled; coverage would be less exact with it.
if (!withCoverage) process.env['NODE_COMPILE_CACHE'] ??= compiledFolder;
const services = isStatic ? Promise.resolve() : receiveTestServices();
services.catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});

await clearTestResults(root);
if (withCoverage) await clearCoverage(root);
const results = isStatic ? await runSteps(staticSteps, 2) : await runTests();
const totals = await testTotals(root);
const failed = results.filter((result) => !result.ok);
printSummary();
process.exitCode = failed.length > 0 || totals.failed + totals.skipped > 0 ? 1 : 0;

function options(): VerifyOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`error: ${describeFailure(error)}`);
    process.exit(2);
  }
}

async function runTests(): Promise<readonly StepResult[]> {
  if (isPooler) return services.then(() => runSteps(poolerSteps));
  const asked = (step: Step) => (withCoverage ? withCoverageOf(step) : step);
  const sideBySide = await Promise.all([
    runSteps(sourceSteps, 2),
    services.then(() => runSteps(heavySteps.map(asked))),
    services.then(() => runSteps([asked(unhurriedTests)])),
  ]);
  const afterwards = [...lastSteps, ...(withCoverage ? [coverageStep] : []), ...(isFull ? fullSteps : [])];
  return [...sideBySide.flat(), ...(await runSteps(afterwards))];
}

/** Runs steps in order, so many at a time, and tells of each as it ends. */
async function runSteps(steps: readonly Step[], atATime = 1): Promise<StepResult[]> {
  const waiting = [...steps];
  const done: StepResult[] = [];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined && !interrupted.aborted; step = waiting.shift()) {
      if (step.live) console.log(`… ${step.name}`);
      const result = await runStep(root, step);
      console.log(lineOf(result));
      if (!result.ok && result.output !== '') console.log(result.output.replaceAll(/^/gm, '    '));
      done.push(result);
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return done;
}

function lineOf({ step, ok, seconds }: StepResult): string {
  return `${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s  ${step.name}`;
}

function printSummary(): void {
  console.log('\nStep results');
  for (const result of results) console.log(lineOf(result));
  console.log(
    `${failed.length === 0 ? 'ok    ' : 'FAILED'} ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  total`,
  );
  if (failed.length > 0) console.log(`Failed: ${failed.map(({ step }) => step.name).join(', ')}`);
  if (!isStatic) {
    console.log('\nSlowest test files');
    for (const { file, seconds } of totals.slowest) console.log(`${seconds.toFixed(1).padStart(8)} s  ${file}`);
  }
  if (totals.failures.length > 0) console.log(`\nFailed tests\n${totals.failures.join('\n')}`);
  if (totals.skipped > 0) console.log(`${totals.skipped} skipped: a test that does not run protects nothing`);
  if (!isStatic) console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
}
