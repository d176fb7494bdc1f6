import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppHandle, Stack } from '@bank/scripts/stack';
import { type CpuProfile, flameGraph, heaviest } from '#flame-graph.ts';
import { resultsFolder } from '#results.ts';

/** With this the inspector, which SIGUSR1 opens, takes a port that is free. */
export const profilingEnvironment = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

const attachWithinMs = 10_000;
const samplingMicroseconds = 500;
const listed = 25;

/**
 * Writes a CPU profile of an app while `work` goes on: `<name>.cpuprofile` (Chrome's tools and speedscope open it), a flame
 * graph `<name>.svg`, and the functions that took most time by themselves, `<name>.txt`.
 */
export async function profileApp(
  stack: Stack,
  app: AppHandle,
  name: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const inspector = await attach(stack, app);
  try {
    await inspector.send('Profiler.enable');
    await inspector.send('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
    await inspector.send('Profiler.start');
    await work();
    const { profile } = (await inspector.send('Profiler.stop')) as { profile: CpuProfile };
    mkdirSync(resultsFolder, { recursive: true });
    writeFileSync(join(resultsFolder, `${name}.cpuprofile`), JSON.stringify(profile));
    writeFileSync(join(resultsFolder, `${name}.svg`), flameGraph(profile));
    writeFileSync(join(resultsFolder, `${name}.txt`), `${heaviest(profile, listed).join('\n')}\n`);
  } finally {
    inspector.close();
  }
}

interface Inspector {
  send(method: string, params?: object): Promise<unknown>;
  close(): void;
}

async function attach(stack: Stack, app: AppHandle): Promise<Inspector> {
  const pid = app.pid();
  const log = stack.logFiles().find((file) => basename(file) === `${app.name}.log`);
  if (pid === undefined || log === undefined) throw new Error(`${app.name} does not run`);
  process.kill(pid, 'SIGUSR1');
  const deadline = performance.now() + attachWithinMs;
  for (;;) {
    const address = [...readFileSync(log, 'utf8').matchAll(/Debugger listening on (ws:\S+)/g)].at(-1)?.[1];
    const inspector = address === undefined ? undefined : await connect(address).catch(() => undefined);
    if (inspector !== undefined) return inspector;
    if (performance.now() > deadline) throw new Error(`the inspector of ${app.name} does not answer`);
    await delay(100);
  }
}

async function connect(address: string): Promise<Inspector> {
  const socket = new WebSocket(address);
  const waiting = new Map<number, (result: unknown) => void>();
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error('no inspector there')), { once: true });
  });
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let last = 0;
  return {
    send(method, params = {}) {
      last += 1;
      const id = last;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    close: () => socket.close(),
  };
}
