// `npm test`: everything `pnpm verify` checks, on stores of its own; without any where nothing but the sources is read.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describeFailure } from '#stack/host/stack-error.ts';
import { listenForStop } from '#stack/host/stop-signals.ts';
import { progressPrinter } from '#stack/run/progress.ts';
import { type RunningStores, startStores } from '#stack/run/start-stores.ts';
import { testVariables } from '#stack/run/test-variables.ts';
import { readEnvFile } from '#stack/settings/env-file.ts';
import { nodeProgram, repositoryFolder, testStackFolder } from '#stack/settings/repository.ts';
import { readTestSettings } from '#stack/settings/settings.ts';
import { readOptions } from '#verify/options.ts';

const stop = listenForStop(() => process.exit(1));

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${describeFailure(error)}\n`);
  process.exitCode = stop.signal.aborted ? stop.exitCode() : 1;
}

async function run(args: readonly string[]): Promise<number> {
  const { isStatic } = readOptions(args);
  const stores = isStatic ? undefined : await startTestStores();
  const checks = spawn(nodeProgram, [join(repositoryFolder, 'scripts', 'verify.ts'), ...args], {
    cwd: repositoryFolder,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(checks, 'exit') as Promise<[code: number | null]>;
  stop.signal.addEventListener('abort', () => checks.kill('SIGTERM'));
  try {
    if (stores !== undefined) await handOver(stores, checks);
    const [code] = await ended;
    return code ?? 1;
  } finally {
    checks.kill('SIGTERM');
    await ended;
    await stores?.stop();
  }
}

function startTestStores(): Promise<RunningStores> {
  return startStores({
    folder: testStackFolder,
    settings: readTestSettings(process.env, readEnvFile(join(repositoryFolder, '.env'))),
    tuning: 'test',
    randomPorts: true,
    pooler: true,
    report: progressPrinter(),
  });
}

/** Tells the checks where the stores are, as soon as they are there; the static checks run meanwhile. */
async function handOver(stores: RunningStores, checks: ChildProcess): Promise<void> {
  const ended = once(checks, 'exit');
  const ready = await Promise.race([stores.ready, ended.then(() => undefined)]);
  if (ready !== undefined && checks.connected) {
    checks.send(testVariables(ready));
  }
}
