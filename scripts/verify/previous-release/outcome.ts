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
  /** Full names of tests that failed or did not run, files that failed beside their tests, and the run as a whole. */
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

/**
 * What a report means, and whether the run ended with 0. Nothing that passed means that nothing was shown, and a test that did not
 * run shows nothing: where a hook fails before the tests of a file, the file alone has failed.
 */
export function outcomeOf({ testResults }: AppReport, endedWell: boolean): Outcome {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const failures = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  const expected = failures.filter((name) => reasonOf(name) !== undefined);
  const failed = [
    ...failures.filter((name) => reasonOf(name) === undefined),
    ...testResults.filter(failedByItself).map(({ name }) => name),
    ...tests
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => `${fullName} (did not run)`),
  ];
  // What fails outside every test, an error that nobody awaited for one, is in the status alone.
  if (!endedWell && failures.length + failed.length === 0) failed.push('the run, outside its tests');
  return { ok: passed > 0 && failed.length === 0, passed, failed, expected };
}

/** In its imports or its hooks: none of its tests failed, or it has an error of its own beside theirs. */
function failedByItself({ status, message, assertionResults }: AppReport['testResults'][number]): boolean {
  return status === 'failed' && (message !== '' || !assertionResults.some((test) => test.status === 'failed'));
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
