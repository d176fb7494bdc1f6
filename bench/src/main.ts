// `pnpm bench`: measures the stack beside limits of the same machine in the same run.
import { allCases, scaleCases } from '#cases/all-cases.ts';
import { parseOptions, usage } from '#options.ts';
import { runBench } from '#run-bench.ts';

const namesOf = (cases: typeof allCases) => cases.map(({ name }) => name);

try {
  const names = { usual: namesOf(allCases), scale: namesOf(scaleCases) };
  const options = parseOptions(process.argv.slice(2), names);
  const reached = await runBench(options, options.scale ? [...allCases, ...scaleCases] : allCases);
  process.exitCode = reached ? 0 : 3;
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 1;
}
