import { isGenerated, workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';

const sayNothing = /^(.*-)?(utils?|helpers?|common|misc)$/i;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.(ts|tsx|mjs|js|sh)$/;
const code = /\.(ts|tsx|mjs|js|sh)$/;

/** Files and folders are named for what is in them; code files are kebab-case. */
export async function checkNames(root: string): Promise<readonly Problem[]> {
  const files = (await workspaceFiles(root)).filter((file) => !isGenerated(file));
  return files.flatMap((file) => [...emptyNames(file), ...oddCase(file)]);
}

function emptyNames(file: string): Problem[] {
  const empty = file.split('/').find((part) => sayNothing.test(part.split('.', 1)[0] ?? ''));
  return empty === undefined ? [] : [{ file, message: `"${empty}" says nothing about what is in it: name the thing` }];
}

function oddCase(file: string): Problem[] {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const named = !code.test(name) || name.startsWith('.') || kebabCase.test(name) || file.includes('/migrations/');
  return named ? [] : [{ file, message: 'code files are kebab-case' }];
}
