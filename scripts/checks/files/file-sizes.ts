import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isGenerated, workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';

const linesMax = 300;
const handWritten = /\.(ts|tsx|mts|mjs|js|sh|sql|proto|css)$/;

/** Hand-written code files have at most 300 lines. (Functions of at most 50: biome, `noExcessiveLinesPerFunction`.) */
export async function checkFileSizes(root: string): Promise<readonly Problem[]> {
  const files = (await workspaceFiles(root)).filter((file) => handWritten.test(file) && !isGenerated(file));
  const problems = await Promise.all(files.map((file) => problemOf(root, file)));
  return problems.filter((problem) => problem !== undefined);
}

async function problemOf(root: string, file: string): Promise<Problem | undefined> {
  const text = await readFile(join(root, file), 'utf8');
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines <= linesMax) return undefined;
  return { file, line: linesMax + 1, message: `${lines} lines: over ${linesMax} a file is more than one thing` };
}
