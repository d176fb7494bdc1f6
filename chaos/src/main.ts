// `pnpm chaos`: breaks a stack under load on purpose, and shows that what it promised holds.
import { randomInt } from 'node:crypto';
import { allFaults } from '#faults/all-faults.ts';
import { parseOptions, usage } from '#options.ts';
import { runChaos } from '#run-chaos.ts';

const names = allFaults.map(({ name }) => name);

try {
  const options = parseOptions(process.argv.slice(2), names, () => randomInt(1, 1_000_000));
  process.exitCode = (await runChaos(options, allFaults)) ? 0 : 3;
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 1;
}
