// `pnpm verify:previous-release [app …]`: the tests of the last release's apps on the tables that this tree's migrations make. They
// pass as long as nothing that release uses is taken away, so its processes may go on while a new one is rolled out, and come back.
import { join } from 'node:path';
import { lastRelease } from '#contracts/releases.ts';
import { describeFailure, StackError } from '#stack/host/stack-error.ts';
import { listenForStop } from '#stack/host/stop-signals.ts';
import { progressPrinter } from '#stack/run/progress.ts';
import { startStores } from '#stack/run/start-stores.ts';
import { testVariables } from '#stack/run/test-variables.ts';
import { appNames, isAppName } from '#stack/settings/apps.ts';
import { readEnvFile } from '#stack/settings/env-file.ts';
import { defaultStackFolder, repositoryFolder } from '#stack/settings/repository.ts';
import { readTestSettings } from '#stack/settings/settings.ts';
import { withMigratedDatabase } from '#verify/previous-release/migrated-database.ts';
import { outcomeLines } from '#verify/previous-release/outcome.ts';
import { runAppTests } from '#verify/previous-release/run-app-tests.ts';
import { withUnpackedRelease } from '#verify/previous-release/unpacked-release.ts';
import { stopSteps } from '#verify/run-step.ts';

const stop = listenForStop(() => process.exit(1));

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`error: ${describeFailure(error)}\n`);
  process.exitCode = stop.signal.aborted ? stop.exitCode() : 1;
}

async function run(apps: readonly string[]): Promise<boolean> {
  const strange = apps.find((app) => !isAppName(app));
  if (strange !== undefined) throw new StackError(`there is no app "${strange}": ${appNames.join(', ')}`);
  const release = await lastRelease(repositoryFolder);
  if (release === undefined) throw new StackError('there is no release yet: `pnpm release <version>` makes one');
  stop.signal.addEventListener('abort', () => void stopSteps());
  const stores = await startStores({
    folder: join(defaultStackFolder, 'previous-release'),
    settings: readTestSettings(process.env, readEnvFile(join(repositoryFolder, '.env'))),
    tuning: 'test',
    randomPorts: true,
    report: progressPrinter(),
  });
  try {
    const ready = await stores.ready;
    return await withUnpackedRelease(repositoryFolder, release, (folder) =>
      withMigratedDatabase(ready.postgres, async (database) => {
        Object.assign(process.env, testVariables(ready), { TEST_DATABASE_TEMPLATE: database });
        return await testAll(folder, apps.length === 0 ? appNames : apps, release.version);
      }),
    );
  } finally {
    await stores.stop();
  }
}

async function testAll(folder: string, apps: readonly string[], version: string): Promise<boolean> {
  let allOk = true;
  const table: string[] = [];
  for (const app of apps) {
    if (stop.signal.aborted) return false;
    const outcome = await runAppTests(folder, app);
    table.push(...outcomeLines(app, outcome));
    allOk &&= outcome.ok;
  }
  process.stdout.write(`\nRelease ${version} on the tables of this tree\n${table.join('\n')}\n`);
  return allOk;
}
