import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));

test.each([
  ['exits', 'process.exit(0);'],
  ['runs out of work', ''],
  ['dies of an uncaught error', 'throw new Error("hunter2");'],
])('nothing written is lost when the process %s', (_how, end) => {
  const script = `
    const { createLogger } = await import(${JSON.stringify(index)});
    const logger = createLogger({ service: 'auth', level: 'info' });
    for (let count = 1; count <= 500; count += 1) logger.info({ count }, 'line');
    ${end}`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(500);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ count: 500 });
});
