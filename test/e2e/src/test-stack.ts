import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readTestSettings, repositoryFolder, type Stack, startStack } from '@bank/scripts/stack';
import { afterAll, beforeAll } from 'vitest';

const startMs = 120_000;
const replicas = 2;

/**
 * A whole stack for one test file: five apps, each of them twice as in production, gateway and sandbox as processes, on the
 * stores of the test run. `env` goes to every app; with `pooler` PgBouncer stands between them and Postgres.
 */
export function testStack(
  env: Readonly<Record<string, string>> = {},
  { pooler = false }: { readonly pooler?: boolean } = {},
): { readonly stack: Stack } {
  const held: { stack?: Stack } = {};
  const name = `e2e_${randomBytes(4).toString('hex')}`;
  const folder = join(repositoryFolder, '.stack', name);
  beforeAll(async () => {
    held.stack = await startStack({
      folder,
      name,
      settings: readTestSettings(process.env),
      tuning: 'test',
      randomPorts: true,
      replicas,
      pooler,
      env,
    });
  }, startMs);
  afterAll(async () => {
    await held.stack?.stopAndRemove();
    rmSync(folder, { recursive: true, force: true });
  }, startMs);
  return {
    get stack() {
      if (held.stack === undefined) throw new Error('the stack has not been started');
      return held.stack;
    },
  };
}
