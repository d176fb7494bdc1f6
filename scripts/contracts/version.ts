import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { runTool } from '#checks/tool.ts';

const RootPackage = v.object({ version: v.string() });
const semVer = /^(\d+)\.(\d+)\.(\d+)$/;

/** The version of the workspace, which is that of its contracts. */
export async function workspaceVersion(root: string): Promise<string> {
  return v.parse(RootPackage, JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))).version;
}

/** Sets the version of the workspace, leaving the rest of package.json as it is written. */
export async function setVersion(root: string, version: string): Promise<void> {
  const file = join(root, 'package.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^ {2}"version": "[^"]*"/m, `  "version": "${version}"`));
}

/** Whether `next` is a version of three numbers (SemVer 2.0.0, no pre-release) after `current`. */
export function isNewer(next: string, current: string): boolean {
  const [after, before] = [semVer.exec(next), semVer.exec(current)].map((match) => match?.slice(1).map(Number));
  if (after === undefined || before === undefined) return false;
  const place = after.findIndex((number, index) => number !== before[index]);
  return place >= 0 && (after[place] ?? 0) > (before[place] ?? 0);
}

/** Paths that differ from the last commit. */
export async function uncommittedFiles(root: string): Promise<readonly string[]> {
  const { stdout } = await runTool(root, 'git', ['status', '--porcelain']);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
}
