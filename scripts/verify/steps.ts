/** A part of `pnpm verify`: a command of the workspace that fails when something is wrong. */
export interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Shows its output while it runs, because it takes minutes; other steps show theirs when they fail. */
  readonly live?: true;
  /** How far it stands behind what runs at the same time, from 1 to 19 (nice(1)). */
  readonly niceness?: number;
  /** Variables beside those of the whole run. */
  readonly env?: Readonly<Record<string, string>>;
}

function own(name: string, ...checks: readonly string[]): Step {
  return { name, command: 'node', args: ['scripts/check.ts', ...checks] };
}

function turbo(...args: readonly string[]): Step['args'] {
  return ['run', ...args, '--output-logs=new-only'];
}

/** Where every package's tests leave their results, below its own folder. */
export const testResults = 'test-results/vitest.json';

const vitest = ['--', '--reporter=default', '--reporter=json', `--outputFile.json=${testResults}`];

/** Checks that read the sources and disturb nobody. */
export const staticSteps: readonly Step[] = [
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'format and lint', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
  own('package boundaries', 'boundaries'),
  own('import rules', 'imports'),
  { name: 'unused code and dependencies', command: 'knip', args: ['--no-progress'] },
  own('files and names', 'file-sizes', 'names', 'machine-text'),
  own('transactions say who and what', 'transactions'),
  own('each route says who may, by hand', 'access-table'),
  own('settings are known and described', 'settings'),
  own('every event goes somewhere', 'topology'),
  own('migrations hurt nobody', 'migrations'),
  { name: 'secrets', command: 'secretlint', args: ['**/*'] },
  { name: 'proto lint', command: 'buf', args: ['lint'] },
  { name: 'proto format', command: 'buf', args: ['format', '--diff', '--exit-code'] },
  own('generated code and documents', 'generated'),
  own('no breaking change', 'compatibility'),
  own('workflows', 'workflows'),
  own('links and commands of documents', 'docs'),
  own('every package has a coverage floor, and it only rises', 'coverage-floors'),
];

/** Tests of packages, one at a time: the two workers of one keep two cores busy, and some tests say within which time they answer. */
function testsOf(name: string, filters: readonly string[], ...options: readonly string[]): Step {
  const chosen = filters.map((filter) => `--filter=${filter}`);
  const args = [...turbo('test', '--continue', '--concurrency=1', ...chosen), ...vitest, ...options];
  return { name, command: 'turbo', args, live: true };
}

/** Whose tests say nothing about time. */
const unhurried = [
  ...['domain', 'testing', 'observability', 'outbound', 'ledger', 'proto', 'notifications', 'sandbox'],
  ...['test-bed', 'bench', 'chaos', 'scripts'],
].map((name) => `@bank/${name}`);

const packageTests = testsOf(
  'unit and integration tests',
  [...unhurried, '@bank/e2e'].map((name) => `!${name}`),
);
const journeys = testsOf('end-to-end tests', ['@bank/e2e']);

/** The same tests of whatever talks to Postgres, with PgBouncer in transaction mode in between. */
export const poolerSteps: readonly Step[] = [
  {
    ...testsOf('integration tests by way of PgBouncer', ['@bank/database', '@bank/composition', './apps/*']),
    env: { TEST_POOLER: '1' },
  },
];

/** What wants the machine to itself, one after another. */
export const heavySteps: readonly Step[] = [
  packageTests,
  { name: 'bundles', command: 'turbo', args: turbo('build', '--concurrency=2') },
  journeys,
];

/** What reads the sources, beside `heavySteps` and two at a time: nobody waits for it. */
export const sourceSteps: readonly Step[] = staticSteps.map((step) => ({ ...step, niceness: 10 }));

/**
 * Runs beside all of `heavySteps`, with one worker, in what they leave of the machine: tests wait for a store or a timer a sixth of
 * their time. How long it takes says nothing, so each test has minutes.
 */
export const unhurriedTests: Step = {
  ...testsOf('unhurried tests', unhurried, '--maxWorkers=1', '--testTimeout=300000', '--hookTimeout=300000'),
  niceness: 19,
};

/** What looks at what the tests have left. */
export const lastSteps: readonly Step[] = [
  { name: 'no canary in the logs', command: 'node', args: ['scripts/canaries.ts'] },
];

/** Compares what of the sources ran with the floors. */
export const coverageStep: Step = { name: 'coverage', command: 'node', args: ['scripts/coverage.ts', 'check'] };

/** The step with coverage of the packages that it tests, which makes it slower. */
export function withCoverageOf(step: Step): Step {
  return step === unhurriedTests || step === packageTests ? covered(step) : step;
}

function covered(step: Step): Step {
  return { ...step, args: [...step.args, '--coverage', '--coverage.reporter=json-summary'] };
}
