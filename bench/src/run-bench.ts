import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readTestSettings, repositoryFolder, type Stack, startStack } from '@bank/scripts/stack';
import type { Bench, Case } from '#bench.ts';
import { describeMachine } from '#machine.ts';
import type { BenchOptions } from '#options.ts';
import { registerPeople } from '#people.ts';
import { profilingEnvironment } from '#profiling.ts';
import { type Results, writeResults } from '#results.ts';
import { isReached, type Row } from '#row.ts';
import { tableOf } from '#table.ts';
import { openMint } from '#tokens.ts';

/**
 * Builds the bundles, starts a stack of its own on a fresh database, fills it, and runs the cases one after the other.
 * Whether every case could be measured and every row reached what it must; a case that fails does not stop those after it.
 * @throws Error when the stack does not start
 */
export async function runBench(options: BenchOptions, cases: readonly Case[]): Promise<boolean> {
  const report = progress();
  const machine = describeMachine();
  report('building the bundles');
  buildBundles();
  const name = `bench_${randomBytes(4).toString('hex')}`;
  const folder = join(repositoryFolder, '.stack', name);
  const stopper = new AbortController();
  process.once('SIGINT', () => stopper.abort());
  process.once('SIGTERM', () => stopper.abort());
  const stack = await startStack({
    folder,
    name,
    settings: readTestSettings(process.env),
    randomPorts: true,
    bundled: true,
    ...(options.profile ? { env: profilingEnvironment } : {}),
    report,
    signal: stopper.signal,
  });
  try {
    const { rows, failures } = await runCases(stack, options, { cases: picked(options, cases), report });
    process.stdout.write(`\n${tableOf(rows)}\n\n`);
    report(`written to ${writeResults({ machine, options, rows, failures })}`);
    return failures.length === 0 && rows.every((row) => isReached(row) !== false);
  } finally {
    await stack.stopAndRemove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function picked({ cases: names }: BenchOptions, cases: readonly Case[]): readonly Case[] {
  return cases.filter(({ name }) => names.length === 0 || names.includes(name));
}

async function runCases(
  stack: Stack,
  options: BenchOptions,
  { cases, report }: { readonly cases: readonly Case[]; readonly report: (line: string) => void },
): Promise<Pick<Results, 'rows' | 'failures'>> {
  report(`registering ${options.users} users`);
  const people = await registerPeople(stack.addresses, options.users);
  const bench: Bench = { stack, options, people, mint: await openMint(stack), report };
  const rows: Row[] = [];
  const failures: string[] = [];
  for (const { name, run } of cases) {
    report(`measuring ${name}`);
    try {
      rows.push(...(await run(bench)));
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      report(`FAILED ${failures.at(-1)}`);
    }
  }
  return { rows, failures };
}

function buildBundles(): void {
  const turbo = join(repositoryFolder, 'node_modules', '.bin', 'turbo');
  const path = `${join(repositoryFolder, 'node_modules', '.bin')}:${process.env['PATH']}`;
  const { status, stdout, stderr } = spawnSync(turbo, ['run', 'build', '--output-logs=errors-only'], {
    cwd: repositoryFolder,
    env: { ...process.env, PATH: path },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the bundles could not be built:\n${stdout}${stderr}`);
}

function progress(): (line: string) => void {
  const startedAt = performance.now();
  return (line) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`${seconds} s  ${line}\n`);
  };
}
