import { stripVTControlCharacters } from 'node:util';
import type { Problem } from '#checks/problem.ts';
import { runTool } from '#checks/tool.ts';

/** The import table by package tag: undeclared imports, imports out of a package, forbidden tags, package cycles. */
export async function checkBoundaries(root: string): Promise<readonly Problem[]> {
  const result = await runTool(root, 'turbo', ['boundaries', '--no-color']);
  const output = stripVTControlCharacters(`${result.stdout}\n${result.stderr}`);
  const checked = Number(/Checked (\d+) files/.exec(output)?.[1] ?? 0);
  if (result.status === 0 && checked > 0) return [];
  if (result.status === 0) return [{ file: 'turbo.json', message: 'turbo boundaries looked at no file' }];
  return [{ file: 'turbo.json', message: `turbo boundaries:\n${output.trim()}` }];
}
