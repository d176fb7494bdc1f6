import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Mount } from '#image/namespace.ts';

const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc'];

/** Stands for a base image with Node and a shell: this machine's own system, to be read alone. */
export function systemWithNode(npmCache: string): Mount[] {
  const npx = realpathSync(execFileSync('/bin/sh', ['-c', 'command -v npx'], { encoding: 'utf8' }).trim());
  const prefix = npx.replace(/\/lib\/node_modules\/.*$/, '');
  const settings = join(homedir(), '.npmrc');
  return [
    ...systemFolders.filter((folder) => existsSync(folder)).map((folder) => ({ source: folder, target: folder })),
    ...(prefix.startsWith('/usr') ? [] : [{ source: prefix, target: prefix }]),
    ...(existsSync(settings) ? [{ source: settings, target: '/root/.npmrc' }] : []),
    { source: npmCache, target: '/root/.npm', writable: true },
    ...devices(),
  ];
}

// The packages libc6, libgcc-s1 and libstdc++6.
const cLibraries = /^(ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv|gcc_s|stdc\+\+))\.so\.\d+$/;

/** Stands for a base image with the C and C++ libraries alone, and no shell. */
export function cAndCppLibraries(): Mount[] {
  const listed = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  const files = [...listed.matchAll(/^\s+(\S+) .* => (\S+)$/gm)].filter(([, name = '']) => cLibraries.test(name));
  const loaders = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'].filter((file) => existsSync(file));
  const mounts = [...files.map(([, , file = '']) => file), ...loaders].map((file) => ({
    source: realpathSync(file),
    target: file,
  }));
  return [...mounts, ...devices()];
}

/** The npm cache of whoever runs the tests. */
export function npmCacheFolder(): string {
  const folder = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8', cwd: dirname(homedir()) }).trim();
  return folder;
}

function devices(): Mount[] {
  return ['/dev', '/proc'].map((target) => ({ source: target, target, writable: true }));
}
