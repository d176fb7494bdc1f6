import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import { coverageFiles } from '#coverage-floors/measured.ts';
import { testResults } from '#verify/steps.ts';

/** Tests of every package together. */
export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** As much of vitest's JSON report as is counted. */
const Report = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  testResults: v.array(v.object({ status: v.string(), assertionResults: v.array(v.unknown()) })),
});

/** Removes the results of earlier runs, so that only what runs now is counted. Turbo brings back those of a cache hit. */
export async function clearTestResults(root: string): Promise<void> {
  await Promise.all((await resultFiles(root)).map((file) => rm(file, { force: true })));
}

/** Removes what earlier runs covered, so that only what runs now is compared with the floors. */
export async function clearCoverage(root: string): Promise<void> {
  const files = [...(await coverageFiles(root)).values()];
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

/** Adds up what the packages' tests reported. A test file that failed before its first test counts as one failed test. */
export async function testTotals(root: string): Promise<TestTotals> {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const file of await resultFiles(root)) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const report = v.parse(Report, JSON.parse(text));
    const broken = report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    );
    totals.passed += report.numPassedTests;
    totals.failed += report.numFailedTests + broken.length;
    totals.skipped += report.numPendingTests + report.numTodoTests;
  }
  return totals;
}

async function resultFiles(root: string): Promise<readonly string[]> {
  const files = await workspaceFiles(root);
  const packages = files.filter((file) => file.endsWith('/package.json'));
  return packages.map((file) => join(root, file, '..', testResults));
}
