import { expect, it } from 'vitest';
import { inWorkspace } from '#test/small-workspace.ts';
import { clearTestResults, testTotals } from '#verify/test-totals.ts';

const manifest = {
  'package.json': '{}',
  'packages/a/package.json': '{}',
  'packages/b/package.json': '{}',
  '.gitignore': 'test-results/',
};

function report(numPassedTests: number, numFailedTests: number, numPendingTests = 0, brokenFiles = 0): string {
  const testResults = Array.from({ length: brokenFiles }, () => ({ status: 'failed', assertionResults: [] }));
  return JSON.stringify({ numPassedTests, numFailedTests, numPendingTests, numTodoTests: 0, testResults });
}

it('adds up the reports of every package', async () => {
  const files = {
    ...manifest,
    'packages/a/test-results/vitest.json': report(3, 1),
    'packages/b/test-results/vitest.json': report(4, 0, 2),
  };
  expect(await inWorkspace(files, testTotals)).toEqual({ passed: 7, failed: 1, skipped: 2 });
});

it('counts a file that failed before its first test', async () => {
  const files = { ...manifest, 'packages/a/test-results/vitest.json': report(3, 0, 0, 1) };
  expect(await inWorkspace(files, testTotals)).toEqual({ passed: 3, failed: 1, skipped: 0 });
});

it('does not count an earlier run', async () => {
  const files = { ...manifest, 'packages/a/test-results/vitest.json': report(3, 1) };
  const totals = await inWorkspace(files, async (root) => {
    await clearTestResults(root);
    return testTotals(root);
  });
  expect(totals).toEqual({ passed: 0, failed: 0, skipped: 0 });
});
