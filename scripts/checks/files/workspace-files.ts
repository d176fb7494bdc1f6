import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '#checks/tool.ts';

/** Paths of every file that is, or would be, committed. @throws Error outside a git repository */
export async function workspaceFiles(root: string): Promise<readonly string[]> {
  const listed = await runTool(root, 'git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z']);
  if (listed.status !== 0) throw new Error(`git ls-files failed: ${listed.stderr.trim()}`);
  const files = listed.stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  return [...new Set(files)].sort();
}

/** Whether a tool wrote the file: such files are held to no style. */
export function isGenerated(file: string): boolean {
  return file.startsWith('packages/proto/src/gen/') || /\.gen\.ts$|\/migrations\/\.snapshot[^/]*$/.test(file);
}
