// `pnpm coverage check|raise`: what the tests covered, as `pnpm verify --coverage` left it, beside the floors of each package.
import { fileURLToPath } from 'node:url';
import { formatProblem } from '#checks/problem.ts';
import { checkCoverage, raiseFloors } from '#coverage-floors/floors.ts';
import { measuredCoverage } from '#coverage-floors/measured.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const [verb] = process.argv.slice(2);

if (verb === 'raise') {
  const moved = await raiseFloors(root);
  console.log(moved.length === 0 ? 'no floor moved' : `raised: ${moved.join(', ')}`);
} else if (verb === 'check') {
  for (const [name, coverage] of await measuredCoverage(root)) {
    console.log(`${name.padEnd(24)} lines ${text(coverage?.lines)}  branches ${text(coverage?.branches)}`);
  }
  const problems = await checkCoverage(root);
  for (const problem of problems) console.error(formatProblem(problem));
  if (problems.length > 0) process.exitCode = 1;
} else {
  console.error('usage: pnpm coverage check|raise');
  process.exitCode = 2;
}

function text(percent: number | undefined): string {
  return percent === undefined ? '     –' : `${percent.toFixed(1).padStart(5)} %`;
}
