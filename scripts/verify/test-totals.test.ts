import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inWorkspace } from '#test/small-workspace.ts';
import { clearTestResults, testTotals } from '#verify/test-totals.ts';

const manifest = {
  'package.json': '{}',
  'packages/a/package.json': '{}',
  'packages/b/package.json': '{}',
  '.gitignore': 'test-results/',
};

function report(numPassedTests: number, numFailedTests: number, numPendingTests = 0, testResults: object[] = []) {
  return JSON.stringify({ numPassedTests, numFailedTests, numPendingTests, numTodoTests: 0, testResults });
}

const nothing = { passed: 0, failed: 0, skipped: 0, failures: [], slowest: [] };

const broken = {
  name: 'test/a.test.ts',
  status: 'failed',
  message: 'it does not start\nat line 1',
  startTime: 0,
  endTime: 1500,
  assertionResults: [],
};

it('adds up the reports of every package', async () => {
  const files = {
    ...manifest,
    'packages/a/test-results/vitest.json': report(3, 1),
    'packages/b/test-results/vitest.json': report(4, 0, 2),
  };
  expect(await inWorkspace(files, testTotals)).toEqual({
    ...nothing,
    passed: 7,
    failed: 1,
    skipped: 2,
  });
});

it('counts a file that failed before its first test', async () => {
  const files = { ...manifest, 'packages/a/test-results/vitest.json': report(3, 0, 0, [broken]) };
  expect(await inWorkspace(files, testTotals)).toEqual({
    passed: 3,
    failed: 1,
    skipped: 0,
    failures: [expect.stringContaining('it does not start')],
    slowest: [{ file: expect.stringContaining('test/a.test.ts'), seconds: 1.5 }],
  });
});

it('does not count an earlier run', async () => {
  const files = { ...manifest, 'packages/a/test-results/vitest.json': report(3, 1) };
  const totals = await inWorkspace(files, async (root) => {
    await clearTestResults(root);
    return testTotals(root);
  });
  expect(totals).toEqual(nothing);
});

it('keeps no log of an earlier run', async () => {
  const log = 'packages/a/test-results/stacks/e2e_1/logs/auth.log';
  const isThere = await inWorkspace({ ...manifest, [log]: 'ready' }, async (root) => {
    await clearTestResults(root);
    return existsSync(`${root}/${log}`);
  });
  expect(isThere).toBe(false);
});

it('names what failed, with the first line of why, and how long files took', async () => {
  const root = 'packages/a';
  const one = {
    ...broken,
    endTime: 4000,
    assertionResults: [
      { fullName: 'a sum adds', status: 'passed', failureMessages: [] },
      {
        fullName: 'a sum carries',
        status: 'failed',
        failureMessages: ['\u001b[31mexpected 1 to be 2\u001b[39m\n  at'],
      },
    ],
  };
  const files = { ...manifest, [`${root}/test-results/vitest.json`]: report(1, 1, 0, [broken, one]) };
  const totals = await inWorkspace(files, testTotals);
  expect(totals.failures.map((line) => line.replace(/^\S*?(?=test\/a)/, ''))).toEqual([
    'test/a.test.ts: it does not start',
    'test/a.test.ts > a sum carries: expected 1 to be 2',
  ]);
  expect(totals.slowest.map(({ seconds }) => seconds)).toEqual([4, 1.5]);
});
