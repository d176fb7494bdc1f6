import { execFile } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { promisify } from 'node:util';
import { repositoryFolder } from '@bank/scripts/stack';

/** Copies from what a build of images is given: the files of the repository, less what `.dockerignore` leaves out. */
export async function copyContext(source: string, target: string): Promise<void> {
  for (const file of await contextFiles()) {
    if (source === '.') cpSync(join(repositoryFolder, file), join(target, file), { verbatimSymlinks: true });
    else if (file === source) cpSync(join(repositoryFolder, file), target);
  }
}

/** The files of that context. */
export async function contextFiles(): Promise<string[]> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const { stdout } = await promisify(execFile)('git', args, { cwd: repositoryFolder, maxBuffer: 16 * 1024 * 1024 });
  const isIgnored = readDockerignore(readFileSync(join(repositoryFolder, '.dockerignore'), 'utf8'));
  return [...new Set(stdout.split('\0'))].filter((file) => file !== '' && !isIgnored(file));
}

/** The rules of a `.dockerignore`: the last that fits a file, or a folder above it, decides. */
function readDockerignore(text: string): (file: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ ignores: !line.startsWith('!'), pattern: line.replace(/^!/, '') }));
  return (file) => {
    const parts = file.split('/');
    const folders = parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
    const decisive = rules.findLast(({ pattern }) => folders.some((path) => matchesGlob(path, pattern)));
    return decisive?.ignores ?? false;
  };
}
