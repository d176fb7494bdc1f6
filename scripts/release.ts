// `pnpm release <version>`: makes the contracts that stand now the promise of a version, and sets that version. The only
// command that moves the baselines of the compatibility checks.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatProblem } from '#checks/problem.ts';
import { breakingChanges, moveBaselines, movedBaselines } from '#contracts/baselines.ts';
import { generate } from '#contracts/generate.ts';
import { contractPaths } from '#contracts/paths.ts';
import { isNewer, setVersion, uncommittedFiles, workspaceVersion } from '#contracts/version.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const [version] = process.argv.slice(2);

const refusal = await refusalOf(version);
if (version === undefined || refusal !== undefined) {
  console.error(refusal);
  process.exitCode = 1;
} else {
  await setVersion(root, version);
  await generate(root, root);
  await moveBaselines(root, version);
  console.log(`Baselines are those of ${version}. Commit them and tag the commit v${version}.`);
}

/** Why the version cannot be released; undefined when it can. */
async function refusalOf(next: string | undefined): Promise<string | undefined> {
  if (next === undefined) return 'Say which version: pnpm release 1.2.0';
  const dirty = await uncommittedFiles(root);
  if (dirty.length > 0) return `Commit first: ${dirty.slice(0, 5).join(', ')}`;
  const released = existsSync(join(root, contractPaths.baselineRecord));
  const current = await workspaceVersion(root);
  if (released ? !isNewer(next, current) : next !== current && !isNewer(next, current)) {
    return `${next} is not a version after ${current}`;
  }
  if (!released) return undefined;
  const problems = [...(await movedBaselines(root)), ...(await breakingChanges(root))];
  if (problems.length === 0) return undefined;
  return `A breaking change needs a new version of its path or package, beside the old:\n${problems.map(formatProblem).join('\n')}`;
}
