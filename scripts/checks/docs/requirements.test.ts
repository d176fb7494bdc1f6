import { describe, expect, it } from 'vitest';
import { checkRequirements } from '#checks/docs/requirements.ts';
import { formatProblem } from '#checks/problem.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const page = 'docs/security-requirements.md';
const head = '| SR | what holds | where | shown by |\n|---|---|---|---|\n';
const first = '| 1 | Long enough | `apps/a/src/a.ts` | `apps/a/test/a.test.ts` |\n';
const none = '| 2 | Asks for nothing | – | – |\n';
// Written so that this file names no number itself.
const sr = (number: number) => ['SR', number].join('-');
const files = {
  'apps/a/src/a.ts': `// ${sr(1)}\n`,
  'apps/a/test/a.test.ts': `it('${sr(1)} holds', () => {});\n`,
};

const problems = async (rows: string, others: Readonly<Record<string, string>> = {}) =>
  (await inWorkspace({ ...files, ...others, [page]: head + rows }, checkRequirements)).map(formatProblem);

describe('security requirements', () => {
  it('pass with a source and a test that bears the number', async () => {
    expect(await problems(first + none)).toEqual([]);
  });

  it('fail when no test of the file is named after the number', async () => {
    const others = { 'apps/a/test/a.test.ts': `// ${sr(1)}\nit('${sr(12)} holds', () => {});\n` };
    const found = await problems(first, others);
    expect(found).toContain(`${page}:3  no test of apps/a/test/a.test.ts is named after ${sr(1)}`);
    expect(found).toContain(`apps/a/test/a.test.ts  ${sr(12)} is not in ${page}`);
  });

  it('fail when a file is not there, or a number is left out', async () => {
    expect(await problems(`${first}| 3 | Short | \`apps/a/src/b.ts\` | – |\n`)).toEqual([
      `${page}:4  ${sr(3)} stands where another number belongs`,
      `${page}:4  apps/a/src/b.ts is not there`,
    ]);
  });
});
