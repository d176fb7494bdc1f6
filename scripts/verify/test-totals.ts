import { readFile, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import * as v from 'valibot';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import { coverageFiles } from '#coverage-floors/measured.ts';
import { testResults } from '#verify/steps.ts';

/** Tests of every package together. */
export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each test that failed and the first line of why: what one looks for at the end of a long output. */
  readonly failures: readonly string[];
  /** The files that took longest, in seconds. */
  readonly slowest: readonly { readonly file: string; readonly seconds: number }[];
}

const FileReport = v.object({
  name: v.string(),
  status: v.string(),
  message: v.optional(v.string(), ''),
  startTime: v.number(),
  endTime: v.number(),
  assertionResults: v.array(
    v.object({ fullName: v.string(), status: v.string(), failureMessages: v.optional(v.array(v.string()), []) }),
  ),
});
type FileReport = v.InferOutput<typeof FileReport>;

/** As much of vitest's JSON report as is counted; times are in milliseconds. */
const Report = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  testResults: v.array(FileReport),
});

const slowestFiles = 12;

/**
 * Removes the results of earlier runs and the logs beside them, so that only what runs now is counted and looked at. Turbo brings
 * back those of a cache hit.
 */
export async function clearTestResults(root: string): Promise<void> {
  await Promise.all((await resultFiles(root)).map((file) => rm(dirname(file), { recursive: true, force: true })));
}

/** Removes what earlier runs covered, so that only what runs now is compared with the floors. */
export async function clearCoverage(root: string): Promise<void> {
  const files = [...(await coverageFiles(root)).values()];
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

/** Adds up what the packages' tests reported. A test file that failed before its first test counts as one failed test. */
export async function testTotals(root: string): Promise<TestTotals> {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const files: FileReport[] = [];
  for (const file of await resultFiles(root)) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const report = v.parse(Report, JSON.parse(text));
    totals.passed += report.numPassedTests;
    totals.failed += report.numFailedTests + report.testResults.filter(isBroken).length;
    totals.skipped += report.numPendingTests + report.numTodoTests;
    files.push(...report.testResults.map((one) => ({ ...one, name: relative(root, one.name) })));
  }
  return { ...totals, failures: files.flatMap(failuresOf), slowest: slowestOf(files) };
}

/** Whether a file failed before its first test. */
function isBroken({ status, assertionResults }: FileReport): boolean {
  return status === 'failed' && assertionResults.length === 0;
}

function failuresOf(file: FileReport): readonly string[] {
  if (isBroken(file)) return [`${file.name}: ${firstLine(file.message)}`];
  return file.assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => `${file.name} > ${fullName}: ${firstLine(failureMessages[0] ?? '')}`);
}

function firstLine(text: string): string {
  return (stripVTControlCharacters(text).split('\n', 1)[0] ?? '').slice(0, 300);
}

function slowestOf(files: readonly FileReport[]): TestTotals['slowest'] {
  return files
    .map(({ name, startTime, endTime }) => ({ file: name, seconds: (endTime - startTime) / 1000 }))
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, slowestFiles);
}

async function resultFiles(root: string): Promise<readonly string[]> {
  const files = await workspaceFiles(root);
  const packages = files.filter((file) => file.endsWith('/package.json'));
  return packages.map((file) => join(root, file, '..', testResults));
}
