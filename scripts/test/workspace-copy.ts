import { constants, copyFile, cp, lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import { runTool } from '#checks/tool.ts';

/** The root of this repository. */
const workspaceRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** A copy of this workspace that a test may break. */
export interface WorkspaceCopy {
  readonly root: string;
  /** Writes a file of the copy, its folders included. */
  write(file: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

/** Copies every file that is or would be committed, and links the installed packages so that imports resolve to the copy. */
export async function copyWorkspace(): Promise<WorkspaceCopy> {
  const root = await mkdtemp(join(tmpdir(), 'workspace-'));
  const files = await workspaceFiles(workspaceRoot);
  const folders = new Set(files.map((file) => dirname(file)));
  await Promise.all([...folders].map((folder) => mkdir(join(root, folder), { recursive: true })));
  await Promise.all(
    files.map((file) => copyFile(join(workspaceRoot, file), join(root, file), constants.COPYFILE_FICLONE)),
  );
  await symlink(join(workspaceRoot, 'node_modules'), join(root, 'node_modules'));
  const packages = files.filter((file) => file.endsWith('/package.json')).map((file) => dirname(file));
  await Promise.all(packages.map((folder) => copyLinks(folder, root)));
  await runTool(root, 'git', ['init', '--quiet']);
  return {
    root,
    async write(file, text) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** A package's node_modules holds relative links only, which lead into the copy once they are copied as they are. */
async function copyLinks(folder: string, root: string): Promise<void> {
  const links = join(workspaceRoot, folder, 'node_modules');
  const present = await lstat(links).catch(() => undefined);
  if (present === undefined || (await readdir(links)).length === 0) return;
  await cp(links, join(root, folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
}
