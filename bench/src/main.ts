// `pnpm bench`: measures the stack beside limits of the same machine in the same run.
import { allCases } from '#cases/all-cases.ts';
import { parseOptions, usage } from '#options.ts';
import { runBench } from '#run-bench.ts';

const names = allCases.map(({ name }) => name);

try {
  const reached = await runBench(parseOptions(process.argv.slice(2), names), allCases);
  process.exitCode = reached ? 0 : 3;
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 1;
}
