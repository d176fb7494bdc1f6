// `pnpm test:stores`: the stores of the tests alone, until Ctrl-C. Prints the variables by which a test finds them, as lines for
// another shell, where some tests are then run: `pnpm --filter @bank/device test test/devices.test.ts`.
import { join } from 'node:path';
import { describeFailure } from '#stack/host/stack-error.ts';
import { listenForStop } from '#stack/host/stop-signals.ts';
import { progressPrinter } from '#stack/run/progress.ts';
import { type RunningStores, startStores } from '#stack/run/start-stores.ts';
import { exportLines, testVariables } from '#stack/run/test-variables.ts';
import { readEnvFile } from '#stack/settings/env-file.ts';
import { heldStoresFolder, repositoryFolder } from '#stack/settings/repository.ts';
import { readTestSettings } from '#stack/settings/settings.ts';

const stop = listenForStop(() => process.exit(1));
let stores: RunningStores | undefined;

try {
  // What is told goes to stderr: stdout is for the shell alone.
  const report = progressPrinter(process.stderr);
  stores = await startStores({
    folder: heldStoresFolder,
    settings: readTestSettings(process.env, readEnvFile(join(repositoryFolder, '.env'))),
    tuning: 'test',
    randomPorts: true,
    pooler: true,
    report,
    signal: stop.signal,
  });
  process.stdout.write(exportLines(testVariables(await stores.ready)));
  report('the stores are ready, and these variables lead tests to them; Ctrl-C stops them');
  // A promise alone does not keep a process: the stores may be somebody else's.
  const held = setInterval(() => undefined, 60_000);
  await stop.requested;
  clearInterval(held);
  process.exitCode = stop.exitCode();
} catch (error) {
  process.exitCode = stop.signal.aborted ? stop.exitCode() : 1;
  if (!stop.signal.aborted) process.stderr.write(`error: ${describeFailure(error)}\n`);
} finally {
  await stores?.stop();
}
