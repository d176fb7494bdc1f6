import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '@bank/testing';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../test/unread-run.ts', import.meta.url));

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it.each([
  ['nobody reads any more what it says', 'unread', 1],
  ['it is told to stop', 'SIGTERM', 143],
] as const)('a run stops its steps, and begins no other, when %s', async (_, how, status) => {
  const run = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  run.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const steps = () => [...said.matchAll(/step (\d+)/g)].map(([, pid]) => Number(pid));
  await until(() => steps().length > 0);
  const ended = once(run, 'exit');
  if (how === 'unread') run.stdout.destroy();
  else run.kill(how);
  expect(await ended).toEqual([status, null]);
  expect(steps()).toHaveLength(1);
  expect(steps().filter(isRunning)).toEqual([]);
});
