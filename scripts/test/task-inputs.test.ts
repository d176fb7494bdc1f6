import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

interface Task {
  readonly directory: string;
  /** By their paths from the package. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** The pages that the tests of apps and packages read, each with the file that reads it, from the root of the checkout. */
function pagesRead(): readonly { readonly test: string; readonly page: string }[] {
  const tests = globSync('{apps,packages}/*/{src,test}/**/*.test.ts', { cwd: repositoryFolder });
  return tests.flatMap((test) => {
    const text = readFileSync(join(repositoryFolder, test), 'utf8');
    return [...text.matchAll(/['"`](?:\.\.\/)+(docs\/[\w./-]+)['"`]/g)].map(([, page = '']) => ({ test, page }));
  });
}

// Else a change of the page alone is told what the tests found of the page before.
it('a page that tests read is an input of their task', async () => {
  const run = await runTool(repositoryFolder, 'turbo', ['run', 'test', '--dry=json']);
  const { tasks }: { tasks: readonly Task[] } = JSON.parse(run.stdout);
  const inputs = tasks.flatMap(({ directory, inputs }) =>
    Object.keys(inputs).map((file) => `${directory} ${relative('.', join(directory, file))}`),
  );
  const read = pagesRead();
  expect(read).toContainEqual({
    test: 'apps/auth/src/features/second-factor/assurance.test.ts',
    page: 'docs/api/mfa.md',
  });
  const missed = read.filter(({ test, page }) => !inputs.includes(`${test.split('/', 2).join('/')} ${page}`));
  expect(missed).toEqual([]);
});
