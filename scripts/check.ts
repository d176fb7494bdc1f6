// Runs our own checks by name, all of them without arguments. Exit status 1 when one finds something.
import { fileURLToPath } from 'node:url';
import { allChecks } from '#checks/all-checks.ts';
import { formatProblem } from '#checks/problem.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(allChecks);

for (const name of names) {
  const check = allChecks[name];
  if (check === undefined) {
    console.error(`No check is called "${name}". There are: ${Object.keys(allChecks).join(', ')}.`);
    process.exit(2);
  }
  const problems = await check(root);
  for (const problem of problems) console.error(`${name}: ${formatProblem(problem)}`);
  if (problems.length > 0) process.exitCode = 1;
}
