/** A part of `pnpm verify`: a command of the workspace that fails when something is wrong. */
export interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Shows its output while it runs, because it takes minutes; other steps show theirs when they fail. */
  readonly live?: true;
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

/** Checks that read the sources and disturb nobody: two of them run at a time. */
export const staticSteps: readonly Step[] = [
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'format and lint', command: 'biome', args: ['check', '--error-on-warnings', '.'] },
  own('package boundaries', 'boundaries'),
  own('import rules', 'imports'),
  { name: 'unused code and dependencies', command: 'knip', args: ['--no-progress'] },
  own('files and names', 'file-sizes', 'names', 'machine-text'),
  own('transactions say who and what', 'transactions'),
  own('migrations hurt nobody', 'migrations'),
  { name: 'secrets', command: 'secretlint', args: ['**/*'] },
  { name: 'proto lint', command: 'buf', args: ['lint'] },
  { name: 'proto format', command: 'buf', args: ['format', '--diff', '--exit-code'] },
  own('generated code and documents', 'generated'),
  own('no breaking change', 'compatibility'),
  own('workflows', 'workflows'),
  own('links and commands of documents', 'docs'),
  own('coverage floors only rise', 'coverage-floors'),
];

/** Packages: the two workers of one keep two cores busy, and some tests say within which time something answers. */
const oneAtATime = '--concurrency=1';

/** Unit and integration tests of every package; the journeys come later. */
const tests = turbo('test', '--continue', oneAtATime, '--filter=!@bank/e2e');

/** The same tests of whatever talks to Postgres, with PgBouncer in transaction mode in between. */
export const poolerSteps: readonly Step[] = [
  {
    name: 'integration tests by way of PgBouncer',
    command: 'turbo',
    args: [
      ...turbo(
        'test',
        '--continue',
        oneAtATime,
        '--filter=@bank/database',
        '--filter=@bank/composition',
        '--filter=./apps/*',
      ),
      ...vitest,
    ],
    live: true,
    env: { TEST_POOLER: '1' },
  },
];

/** Steps that want the machine to themselves, one after another. */
export const heavySteps: readonly Step[] = [
  { name: 'unit and integration tests', command: 'turbo', args: [...tests, ...vitest], live: true },
  { name: 'bundles', command: 'turbo', args: turbo('build', '--concurrency=2') },
  {
    name: 'end-to-end tests',
    command: 'turbo',
    args: [...turbo('test', '--filter=@bank/e2e'), ...vitest],
    live: true,
  },
  { name: 'no canary in the logs', command: 'node', args: ['scripts/canaries.ts'] },
];

/** The same, the first of them with coverage, which makes it slower, and then what of the sources ran. */
export const heavyStepsWithCoverage: readonly Step[] = heavySteps.flatMap((step, index) =>
  index > 0
    ? [step]
    : [
        { ...step, args: [...step.args, '--coverage', '--coverage.reporter=json-summary'] },
        { name: 'coverage', command: 'node', args: ['scripts/coverage.ts', 'check'] },
      ],
);
