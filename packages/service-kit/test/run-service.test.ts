import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('./support/main.ts', import.meta.url));

interface Run {
  readonly exit: Promise<number | null>;
  /** The messages of the log so far. */
  messages(): string[];
  errors(): string;
  signal(name: NodeJS.Signals): void;
}

function run(env: Record<string, string>): Run {
  const child = spawn(process.execPath, [main], { env: { ...process.env, ...env } });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return {
    exit: once(child, 'close').then(([code]) => code as number | null),
    messages: () =>
      output
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).msg),
    errors: () => errors,
    signal: (name) => void child.kill(name),
  };
}

async function started(env: Record<string, string> = {}): Promise<Run> {
  const process = run({ HTTP_PORT: '0', ...env });
  await until(() => process.messages().includes('service started'), { deadlineMs: 25_000 });
  return process;
}

describe('runService', { timeout: 40_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order at %s and exits with 0', async (signal) => {
    const service = await started();
    service.signal(signal);
    expect(await service.exit).toBe(0);
    const order = ['service started', 'service stopping', 'worker stopped', 'closed', 'service stopped'];
    expect(service.messages()).toEqual(order);
    expect(service.errors()).toBe('');
  });

  it('ends at once at the second signal', async () => {
    const service = await started({ MODE: 'hangs' });
    service.signal('SIGTERM');
    await until(() => service.messages().includes('worker stopped'));
    service.signal('SIGTERM');
    expect(await service.exit).toBe(130);
  });

  it('names every wrong variable in one line', async () => {
    const service = run({ HTTP_PORT: 'eighty' });
    expect(await service.exit).toBe(1);
    expect(service.errors()).toBe('configuration: HTTP_PORT: must be a whole number from 0 to 65535\n');
  });

  it('names a port that is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const service = run({ HTTP_PORT: String(port) });
    expect(await service.exit).toBe(1);
    expect(service.errors()).toBe(`port ${port} on 127.0.0.1 is taken: free it or set HTTP_PORT\n`);
    expect(service.messages()).toContain('closed');
    squatter.close();
  });

  it('says in one line why it cannot start, without credentials', async () => {
    const service = run({ HTTP_PORT: '0', MODE: 'fails-to-connect' });
    expect(await service.exit).toBe(1);
    expect(service.errors()).toBe('cannot start: password authentication failed at postgres://db/bank\n');
  });

  it('closes what it opened when a worker cannot start', async () => {
    const service = run({ HTTP_PORT: '0', MODE: 'worker-fails' });
    expect(await service.exit).toBe(1);
    expect(service.errors()).toBe('cannot start: no broker\n');
    expect(service.messages()).toContain('closed');
  });

  it('says in one line what nobody caught before there was a service', async () => {
    const service = run({ HTTP_PORT: '0', MODE: 'rejects-before' });
    expect(await service.exit).toBe(1);
    expect(service.errors()).toBe('cannot start: nobody catches this at postgres://db/bank\n');
  });

  it('stops and exits with 1 at an error that nobody caught', async () => {
    const service = await started({ MODE: 'rejects' });
    expect(await service.exit).toBe(1);
    expect(service.messages()).toContain('an error that nobody caught; stopping');
    expect(service.messages()).toContain('closed');
  });
});
