import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function started(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [main], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  const errors = child.stderr === null ? '' : text(child.stderr);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, errors: await errors };
}

test.each(['SIGTERM', 'SIGINT'] as const)('prints one ready line and ends cleanly at %s', async (signal) => {
  const child = started({ SANDBOX_HTTP_PORT: '0', SANDBOX_SMTP_PORT: '0' });
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  expect(line.toString()).toMatch(/^sandbox ready: inbox http:\/\/127\.0\.0\.1:\d+, smtp smtp:\/\/127\.0\.0\.1:\d+\n$/);
  child.kill(signal);
  expect(await ended(child)).toEqual({ code: 0, errors: '' });
});

test('a taken port is one line that names it', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const bound = holder.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const { code, errors } = await ended(started({ SANDBOX_HTTP_PORT: '0', SANDBOX_SMTP_PORT: String(port) }));
  expect([code, errors]).toEqual([1, `sandbox: port ${port} is taken; set the SANDBOX_…_PORT that names it\n`]);
});

test('a wrong setting is one line that names it', async () => {
  const { code, errors } = await ended(started({ SANDBOX_HTTP_PORT: 'eighty' }));
  expect([code, errors]).toEqual([1, 'sandbox: SANDBOX_HTTP_PORT must be a whole number from 0 to 65535\n']);
});
