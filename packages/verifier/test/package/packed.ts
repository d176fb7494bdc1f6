import { execFile } from 'node:child_process';
import { readdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = join(import.meta.dirname, '../..');
const tool = (name: string) => join(here, 'node_modules/.bin', name);

/** How a program ended. */
export interface Ended {
  readonly status: number;
  /** What it wrote, to both outputs. */
  readonly text: string;
}

/** Runs a tool that is installed for this package. */
export function runTool(folder: string, name: string, ...args: readonly string[]): Promise<Ended> {
  return runIn(folder, tool(name), ...args);
}

/** Runs a program of the system. */
export async function runIn(folder: string, program: string, ...args: readonly string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await run(program, args, { cwd: folder });
    return { status: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== 'number') throw error;
    return { status: code, text: stdout + stderr };
  }
}

/** Packs the package as it would be published, into that folder. Gives the path of the tarball. */
export async function packInto(folder: string): Promise<string> {
  const { stdout } = await run(
    join(here, '../../node_modules/.bin/pnpm'),
    ['pack', '--json', '--pack-destination', folder],
    { cwd: here },
  );
  const { filename } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { filename: string };
  return filename;
}

/** Makes `folder/node_modules` as an installation outside of the repository would: the package, and what it depends on. */
export async function installInto(folder: string, tarball: string): Promise<string> {
  const modules = join(folder, 'node_modules');
  await run('mkdir', ['-p', join(modules, '@bank'), join(modules, '@types')]);
  await run('tar', ['-xzf', tarball, '-C', folder]);
  await rename(join(folder, 'package'), join(modules, '@bank/verifier'));
  for (const name of ['jose', 'lru-cache', '@types/node']) {
    await symlink(join(here, 'node_modules', name), join(modules, name));
  }
  return join(modules, '@bank/verifier');
}

/** Every file below a folder, by its path from there. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}
