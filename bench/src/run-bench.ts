import { readTestSettings, type Stack } from '@bank/scripts/stack';
import { describeMachine, progressLines, registerPeople, withBundledStack } from '@bank/test-bed';
import type { Bench, Case } from '#bench.ts';
import type { BenchOptions } from '#options.ts';
import { profilingEnvironment } from '#profiling.ts';
import { isAsRecorded } from '#recorded.ts';
import { type Results, writeResults } from '#results.ts';
import { isReached, type Row } from '#row.ts';
import { tableOf } from '#table.ts';
import { openMint } from '#tokens.ts';

/**
 * Builds the bundles, starts a stack of its own on a fresh database, fills it, and runs the cases one after the other.
 * Whether every case could be measured and every row reached what it must, or with `recorded` is no worse than before; a case that
 * fails does not stop those after it.
 * @throws Error when the stack does not start
 */
export async function runBench(options: BenchOptions, cases: readonly Case[]): Promise<boolean> {
  const report = progressLines();
  const machine = describeMachine();
  const around = {
    // Large data sets are built once: the stores that hold them stay.
    ...(options.scale ? { name: 'bench_scale', keepStores: true } : { name: 'bench' }),
    settings: readTestSettings(process.env),
    env: options.profile ? profilingEnvironment : {},
    report,
  };
  return withBundledStack(around, async (stack) => {
    const { rows, failures } = await runCases(stack, options, { cases: picked(options, cases), report });
    process.stdout.write(`\n${tableOf(rows)}\n\n`);
    report(`written to ${writeResults({ machine, options, rows, failures })}`);
    return (
      failures.length === 0 && rows.every((row) => (options.recorded ? isAsRecorded(row) : isReached(row) !== false))
    );
  });
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
