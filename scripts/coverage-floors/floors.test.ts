import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { checkCoverage, checkFloors, floorsFile, raiseFloors } from '#coverage-floors/floors.ts';
import { inWorkspace } from '#test/small-workspace.ts';

function summary(lines: number, branches: number): string {
  const of = (covered: number) => ({ total: 1000, covered: covered * 10 });
  return JSON.stringify({ total: { lines: of(lines), branches: of(branches) } });
}

function files(floors: object, measured: string | undefined): Record<string, string> {
  return {
    'package.json': '{}',
    'packages/a/package.json': JSON.stringify({ name: 'a', scripts: { test: 'vitest run' } }),
    'packages/no-tests/package.json': JSON.stringify({ name: 'no-tests' }),
    ...(measured === undefined ? {} : { 'packages/a/coverage/coverage-summary.json': measured }),
    [floorsFile]: JSON.stringify(floors),
  };
}

const floorsIn = async (root: string) => JSON.parse(await readFile(join(root, floorsFile), 'utf8'));

describe('coverage below its floor', () => {
  it.each([
    ['as far as before', summary(90, 80), []],
    ['fewer lines', summary(89.9, 80), ['a: 89.9 % of lines are covered, not 90 %']],
    ['fewer branches', summary(95, 70), ['a: 70.0 % of branches are covered, not 80 %']],
    ['not measured', undefined, ['a was not measured: run `pnpm verify --coverage`']],
  ])('%s', async (_what, measured, messages) => {
    const problems = await inWorkspace(files({ a: { lines: 90, branches: 80 } }, measured), checkCoverage);
    expect(problems.map(({ message }) => message)).toEqual(messages);
  });

  it('is asked of every package, and of none that has gone', async () => {
    const problems = await inWorkspace(files({ gone: { lines: 1, branches: 1 } }, summary(90, 80)), checkCoverage);
    expect(problems.map(({ message }) => message)).toEqual([
      'a has no floor: run `pnpm coverage raise`',
      'gone is no package with tests: `pnpm coverage raise` takes it out',
    ]);
  });
});

describe('raising the floors', () => {
  it('moves them up to what was covered, less what differs from run to run', async () => {
    const floors = await inWorkspace(files({ gone: { lines: 1, branches: 1 } }, summary(90, 80)), async (root) => {
      expect(await raiseFloors(root)).toEqual(['a']);
      return floorsIn(root);
    });
    expect(floors).toEqual({ a: { lines: 89, branches: 79 } });
  });

  it.each([
    ['less was covered', summary(40, 99)],
    ['nothing was measured', undefined],
  ])('never moves one down: %s', async (_what, measured) => {
    const floors = await inWorkspace(files({ a: { lines: 90, branches: 98 } }, measured), async (root) => {
      expect(await raiseFloors(root)).toEqual([]);
      return floorsIn(root);
    });
    expect(floors).toEqual({ a: { lines: 90, branches: 98 } });
  });
});

describe('without a run', () => {
  it('a package with tests and no floor is found, and a floor of none', async () => {
    const problems = await inWorkspace(files({ gone: { lines: 1, branches: 1 } }, undefined), checkFloors);
    expect(problems.map(({ message }) => message)).toEqual([
      'a has no floor: run `pnpm coverage raise`',
      'gone is no package with tests: `pnpm coverage raise` takes it out',
    ]);
  });
});

describe('a floor that somebody lowered', () => {
  async function problemsAfter(...versions: readonly object[]): Promise<readonly string[]> {
    return inWorkspace(files(versions[0] ?? {}, undefined), async (root) => {
      const git = (...args: string[]) =>
        runTool(root, 'git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
      for (const floors of versions) {
        await git('add', '.');
        await git('commit', '--quiet', '--allow-empty', '-m', 'test: floors');
        await runTool(root, 'node', ['-e', `fs.writeFileSync('${floorsFile}', '${JSON.stringify(floors)}')`]);
      }
      return (await checkFloors(root)).map(({ message }) => message);
    });
  }

  const high = { a: { lines: 90, branches: 80 } };

  it('is found, before and after the commit', async () => {
    const low = { a: { lines: 91, branches: 79 } };
    expect(await problemsAfter(high, low)).toEqual(['a: branches were covered further before: floors only rise']);
    expect(await problemsAfter(high, low, low)).toHaveLength(1);
    expect(await problemsAfter(high, {})).toContain('a: lines were covered further before: floors only rise');
  });

  it('is not one that rose, or whose package has gone', async () => {
    expect(await problemsAfter({ ...high, gone: high.a }, { a: { lines: 91, branches: 80 } })).toEqual([]);
  });
});
