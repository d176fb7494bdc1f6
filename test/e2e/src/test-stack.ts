import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { journeyLogs } from '@bank/scripts/canaries';
import { readTestSettings, repositoryFolder, type Stack, startStack } from '@bank/scripts/stack';
import { gatherLogs, moveLogs } from '@bank/test-bed';
import { afterAll, beforeAll, test } from 'vitest';
import { TEMPLATE_VARIABLE } from '#stacks-prepared.ts';

const startMs = 120_000;
const replicas = 2;

/** A stack that is there once the tests run. */
export interface TestStack {
  readonly stack: Stack;
}

export interface OwnStackOptions {
  /** PgBouncer stands between the apps and Postgres. */
  readonly pooler?: boolean;
}

// Starting ten processes takes longer than most files: those that leave a stack as it was have one between them.
// biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern for what a fixture needs
const withShared = test.extend('shared', { scope: 'worker' }, async ({}, { onCleanup }) => {
  const { stack, remove } = await start({}, {});
  onCleanup(remove);
  return stack;
});

/**
 * The stack that test files share: five apps as bundles, each of them twice as in production, gateway and sandbox as processes,
 * on the stores of the test run. For files that bring their own people and change nothing of the stack.
 */
export function sharedStack(): TestStack {
  const held = holder();
  withShared.beforeAll(({ shared }) => {
    held.stack = shared;
  }, startMs);
  return held;
}

/** The same for one file alone, in `test/own-stack`, which may do with it what it likes. `env` goes to every app. */
export function ownStack(env: Readonly<Record<string, string>> = {}, options: OwnStackOptions = {}): TestStack {
  const held = holder();
  let removeIt: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const { stack, remove } = await start(env, options);
    held.stack = stack;
    removeIt = remove;
  }, startMs);
  afterAll(() => removeIt?.(), startMs);
  return held;
}

function holder(): { stack: Stack } {
  let held: Stack | undefined;
  return {
    get stack() {
      if (held === undefined) throw new Error('the stack has not been started');
      return held;
    },
    set stack(started) {
      held = started;
    },
  };
}

async function start(env: Readonly<Record<string, string>>, { pooler = false }: OwnStackOptions) {
  const name = `e2e_${randomBytes(4).toString('hex')}`;
  const folder = join(repositoryFolder, '.stack', name);
  const settings = readTestSettings(process.env);
  const databaseTemplate = process.env[TEMPLATE_VARIABLE];
  const common = { folder, name, settings, tuning: 'test', randomPorts: true, bundled: true } as const;
  const removeFolder = () => {
    moveLogs(folder, join(journeyLogs, name, 'logs'));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const stack = await startStack({ ...common, replicas, pooler, env, databaseTemplate });
    const remove = async () => {
      try {
        gatherLogs(stack, folder);
      } finally {
        await stack.stopAndRemove();
        removeFolder();
      }
    };
    return { stack, remove };
  } catch (error) {
    removeFolder();
    throw error;
  }
}
