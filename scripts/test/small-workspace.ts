import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runTool } from '#checks/tool.ts';

/** Calls `use` with the root of a new git repository that holds the given files, and removes it afterwards. */
export async function inWorkspace<T>(
  files: Readonly<Record<string, string>>,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'small-workspace-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    }
    await runTool(root, 'git', ['init', '--quiet']);
    return await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
