import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem } from '#checks/problem.ts';
import { breakingChanges, movedBaselines } from '#contracts/baselines.ts';
import { contractPaths } from '#contracts/paths.ts';
import { isNewer, uncommittedFiles, workspaceVersion } from '#contracts/version.ts';

/**
 * Why the contracts that stand at `root` cannot be released as version `next`; undefined when they can. The first release may
 * keep the version that stands in package.json.
 */
export async function releaseRefusal(root: string, next: string): Promise<string | undefined> {
  const dirty = await uncommittedFiles(root);
  if (dirty.length > 0) return `Commit first: ${dirty.slice(0, 5).join(', ')}`;
  const first = !existsSync(join(root, contractPaths.baselineRecord));
  const current = await workspaceVersion(root);
  if (!isNewer(next, current) && !(first && next === current)) return `${next} is not a version after ${current}`;
  if (first) return undefined;
  const problems = [...(await movedBaselines(root)), ...(await breakingChanges(root))];
  if (problems.length === 0) return undefined;
  const lines = problems.map(formatProblem).join('\n');
  return `A breaking change needs a new version of its path or package, beside the old:\n${lines}`;
}
