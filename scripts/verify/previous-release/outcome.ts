import * as v from 'valibot';

/** As much of vitest's JSON report as is judged. */
export const AppReport = v.object({
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      message: v.optional(v.string(), ''),
      assertionResults: v.array(v.object({ fullName: v.string(), status: v.string() })),
    }),
  ),
});

type AppReport = v.InferOutput<typeof AppReport>;

/** How the tests of one app ended. */
export interface Outcome {
  readonly ok: boolean;
  readonly passed: number;
  /** Full names of tests, and files that failed before their first test. */
  readonly failed: readonly string[];
  /** They failed as they must on the tables of a later release. */
  readonly expected: readonly string[];
}

/**
 * Tests that compare the whole schema with what their release knows of it. A later release adds to the schema, so they tell nothing
 * about whether the older one still works, and may fail.
 */
const wholeSchema: readonly { readonly test: RegExp; readonly why: string }[] = [
  {
    test: /\bthe tables are what the entities say$/,
    why: 'this release has columns or tables that its entities do not know',
  },
  {
    test: /\bthe schema is what the entities say$/,
    why: 'this release has columns or tables that its entities do not know',
  },
  { test: /\bevery table of the schema is declared$/, why: 'this release has tables that its data rights do not know' },
];

/** What a report means. Nothing that passed means that nothing was shown. */
export function outcomeOf({ testResults }: AppReport): Outcome {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const failures = [
    ...tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
    ...testResults
      .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
      .map(({ name }) => name),
  ];
  const expected = failures.filter((name) => reasonOf(name) !== undefined);
  const failed = failures.filter((name) => reasonOf(name) === undefined);
  return { ok: passed > 0 && failed.length === 0, passed, failed, expected };
}

/** One line for an app, and one for each test that failed. */
export function outcomeLines(app: string, { ok, passed, failed, expected }: Outcome): readonly string[] {
  return [
    `${ok ? 'ok    ' : 'FAILED'}  ${app}: ${passed} passed, ${failed.length} failed, ${expected.length} not counted`,
    ...failed.map((name) => `          failed       ${name}`),
    ...expected.map((name) => `          not counted  ${name}: ${reasonOf(name)}`),
  ];
}

function reasonOf(name: string): string | undefined {
  return wholeSchema.find(({ test }) => test.test(name))?.why;
}
