import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { repositoryFolder, type Stack, startStack, testSettings } from '@bank/scripts/stack';
import { afterAll, beforeAll } from 'vitest';

const startMs = 120_000;

/** A whole stack for one test file: five apps, gateway and sandbox as processes, on the stores of the test run. */
export function testStack(): { readonly stack: Stack } {
  const held: { stack?: Stack } = {};
  beforeAll(async () => {
    const name = `e2e_${randomBytes(4).toString('hex')}`;
    held.stack = await startStack({
      folder: join(repositoryFolder, '.stack', name),
      name,
      settings: testSettings(process.env),
      tuning: 'test',
      randomPorts: true,
    });
  }, startMs);
  afterAll(async () => {
    await held.stack?.stopAndRemove();
  }, startMs);
  return {
    get stack() {
      if (held.stack === undefined) throw new Error('the stack has not been started');
      return held.stack;
    },
  };
}
