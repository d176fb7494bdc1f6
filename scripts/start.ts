import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeFailure } from '#stack/host/stack-error.ts';
import { listenForStop } from '#stack/host/stop-signals.ts';
import { type Stack, startStack } from '#stack/index.ts';
import { progressPrinter } from '#stack/run/progress.ts';
import { addressTable } from '#stack/settings/addresses.ts';
import { isAppName } from '#stack/settings/apps.ts';
import { readEnvFile } from '#stack/settings/env-file.ts';
import { defaultStackFolder, repositoryFolder } from '#stack/settings/repository.ts';
import { readSettings } from '#stack/settings/settings.ts';

const RESTART_MS = 1_000;

let stack: Stack | undefined;
const stop = listenForStop(() => {
  stack?.kill();
  process.exit(1);
});

try {
  process.exitCode = await run();
} catch (error) {
  if (stop.signal.aborted) {
    process.exitCode = stop.exitCode();
  } else {
    process.stderr.write(`error: ${describeFailure(error)}\n`);
    process.exitCode = 1;
  }
}

async function run(): Promise<number> {
  const report = progressPrinter();
  const settings = readSettings(process.env, readEnvFile(join(repositoryFolder, '.env')));
  stack = await startStack({ folder: defaultStackFolder, settings, report, signal: stop.signal });
  process.stdout.write(`\n${addressTable(stack.addresses)}\n\nEverything is ready. Ctrl-C stops it.\n`);
  const failure = await Promise.race([stopRequested(), lossOfService(stack, report)]);
  report('stopping');
  await stack.stop();
  if (failure === undefined) {
    return stop.exitCode();
  }
  process.stderr.write(`error: ${failure}\n`);
  return 1;
}

function stopRequested(): Promise<undefined> {
  return new Promise((resolve) => stop.signal.addEventListener('abort', () => resolve(undefined)));
}

/** Starts apps that end by themselves again; resolves with a line about anything else that ends. */
function lossOfService({ apps, onUnexpectedExit }: Stack, report: (line: string) => void): Promise<string> {
  return new Promise((resolve) => {
    onUnexpectedExit(async ({ name }, { code, signal }) => {
      const cause = `${name} ended unexpectedly (${signal ?? `code ${code}`}; pnpm stack logs ${name})`;
      if (!isAppName(name)) {
        resolve(cause);
      } else if (apps[name].isReady()) {
        report(`${cause}; it is started again`);
        await delay(RESTART_MS, undefined, { ref: false });
        await apps[name].start().catch((error: unknown) => report(describeFailure(error)));
      }
    });
  });
}
