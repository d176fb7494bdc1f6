import { poolerSteps, type Step } from '#verify/steps.ts';

/**
 * What `pnpm verify:full` does after everything that `npm test` does: what takes long, or shows what one change seldom breaks.
 * Each is a command that ends with something else than 0 when what it shows does not hold. The stores of the tests are in its
 * environment, as for every step.
 */
export const fullSteps: readonly Step[] = [
  ...poolerSteps,
  {
    name: 'equal times of answers over 200 samples',
    command: 'pnpm',
    args: ['--filter', '@bank/auth', 'exec', 'vitest', 'run', 'test/timing.test.ts'],
    live: true,
    env: { TEST_SAMPLES: '200' },
  },
  {
    name: 'soak: start, idle memory, and memory after 100,000 requests',
    command: 'node',
    args: ['bench/src/main.ts', '--recorded', '--case', 'footprint', '--case', 'growth'],
    live: true,
  },
  {
    name: 'scale: searches and sign-ins among a million users',
    command: 'node',
    args: ['bench/src/main.ts', '--recorded', '--scale', '--case', 'lookup', '--seconds', '3', '--rounds', '1'],
    live: true,
  },
  {
    name: 'chaos: RabbitMQ away for ten seconds',
    command: 'node',
    args: ['chaos/src/main.ts', '--fault', 'rabbitmq', '--seconds', '10'],
    live: true,
  },
  {
    name: 'documented commands, on a stack of their own',
    command: 'node',
    args: ['scripts/documented-commands.ts'],
    live: true,
  },
  {
    name: 'the tests of the last release on the tables of this tree',
    command: 'node',
    args: ['scripts/verify-previous-release.ts'],
    live: true,
  },
];
