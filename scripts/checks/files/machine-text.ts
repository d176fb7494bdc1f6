import { readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';
import { runTool } from '#checks/tool.ts';

/** Text that belongs to one machine, and what it is. */
interface Trace {
  readonly what: string;
  readonly pattern: RegExp;
}

const anyMachine: readonly Trace[] = [
  { what: 'the host of a package registry', pattern: /\bregistry\.[a-z0-9-]+\.[a-z]{2,}\b|\b_authToken\b/i },
  { what: 'a path in a home folder', pattern: /(?<![\w.~-])\/(home|Users)\/[a-z][\w.-]*\//i },
  { what: 'a tarball address', pattern: /^\s*(resolution: \{.*)?tarball: /m },
];

/** No file of the repository, the lockfile included, names a package registry or a path or name of somebody's machine. */
export async function checkMachineText(root: string): Promise<readonly Problem[]> {
  const traces = [...anyMachine, ...(await thisMachine(root))];
  const files = await workspaceFiles(root);
  return (await Promise.all(files.map((file) => problemsOf(root, file, traces)))).flat();
}

async function problemsOf(root: string, file: string, traces: readonly Trace[]): Promise<readonly Problem[]> {
  const bytes = await readFile(join(root, file));
  if (bytes.includes(0)) return [];
  return bytes
    .toString()
    .split('\n')
    .flatMap((text, index) =>
      traces
        .filter(({ pattern }) => pattern.test(text))
        .map(({ what }) => ({ file, line: index + 1, message: `names ${what}` })),
    );
}

/** What identifies the machine the check runs on, as far as it is more than a word anyone may use. */
async function thisMachine(root: string): Promise<readonly Trace[]> {
  const traces: Trace[] = [];
  if (depth(root) >= 2) traces.push({ what: 'the folder of this checkout', pattern: literal(root) });
  if (depth(homedir()) >= 2) traces.push({ what: 'the home folder of this machine', pattern: literal(homedir()) });
  if (hostname().length >= 8) traces.push({ what: 'the name of this machine', pattern: literal(hostname()) });
  const host = await registryHost(root);
  if (host !== undefined) traces.push({ what: 'the package registry of this machine', pattern: literal(host) });
  return traces;
}

async function registryHost(root: string): Promise<string | undefined> {
  const configured = await runTool(root, 'npm', ['config', 'get', 'registry']);
  const address = configured.stdout.trim();
  if (!URL.canParse(address)) return undefined;
  const { hostname: host } = new URL(address);
  return host === 'localhost' || host === '127.0.0.1' ? undefined : host;
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '').length;
}

function literal(text: string): RegExp {
  return new RegExp(`(?<![\\w.-])${RegExp.escape(text)}(?![\\w-])`);
}
