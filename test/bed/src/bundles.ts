import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';

/** Builds the bundles of all apps, as far as they are not what the sources say. @throws Error with what the build printed */
export function buildBundles(): void {
  const turbo = join(repositoryFolder, 'node_modules', '.bin', 'turbo');
  const path = `${join(repositoryFolder, 'node_modules', '.bin')}:${process.env['PATH']}`;
  const { status, stdout, stderr } = spawnSync(
    turbo,
    ['run', 'build', '--filter=./apps/*', '--output-logs=errors-only'],
    {
      cwd: repositoryFolder,
      env: { ...process.env, PATH: path },
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`the bundles could not be built:\n${stdout}${stderr}`);
}
