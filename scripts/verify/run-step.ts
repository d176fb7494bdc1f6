import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Step } from '#verify/steps.ts';

/** How a step ended. */
export interface StepResult {
  readonly step: Step;
  readonly ok: boolean;
  readonly seconds: number;
  /** What it printed; empty for a live step, whose output was seen. */
  readonly output: string;
}

const running = new Set<ChildProcess>();

/** The longest takes twenty on a slow machine: one that takes longer waits for something that will not come. Less than a job of CI has. */
const minutesMax = 35;
/** What stops stacks of its own, in groups of their own, has so long for it. */
const politeMs = 5_000;

/**
 * Runs a step at `root` in a process group of its own. It never throws: a command that cannot start has failed, and so has one that
 * does not end in time; what it started ends with it.
 */
export async function runStep(root: string, step: Step, withinMs = minutesMax * 60_000): Promise<StepResult> {
  const startedAt = performance.now();
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(step.command, step.args, {
    cwd: root,
    env: { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', ...step.env },
    stdio: ['ignore', step.live ? 'inherit' : 'pipe', step.live ? 'inherit' : 'pipe'],
    detached: true,
  });
  running.add(child);
  // At once: what it starts has the priority that it has itself then.
  if (child.pid !== undefined && step.niceness !== undefined) standBehind(child.pid, step.niceness);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const overdue = setTimeout(() => {
    chunks.push(Buffer.from(`\nended: it took more than ${withinMs / 60_000} minutes\n`));
    void end(child);
  }, withinMs);
  const ok = await new Promise<boolean>((resolve) => {
    child.on('error', (error) => {
      chunks.push(Buffer.from(error.message));
      resolve(false);
    });
    child.on('close', (status) => resolve(status === 0));
  });
  clearTimeout(overdue);
  running.delete(child);
  const seconds = (performance.now() - startedAt) / 1000;
  return { step, ok, seconds, output: Buffer.concat(chunks).toString().trim() };
}

/** A session of its own is a group of its own to Linux' scheduler, which shares out among groups before it looks at their processes (sched(7)). */
function standBehind(leader: number, niceness: number): void {
  setPriority(leader, niceness);
  const group = `/proc/${leader}/autogroup`;
  if (existsSync(group)) writeFileSync(group, String(niceness));
}

/** Ends every running step with its whole process group: politely, after 5 s for good. */
export async function stopSteps(): Promise<void> {
  await Promise.all([...running].map(end));
}

async function end(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), politeMs);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has gone by itself.
  }
}
