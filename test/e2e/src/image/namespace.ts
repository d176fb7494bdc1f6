import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asUser, privilegeFor, startedBy } from '#image/privilege.ts';

/** What lies where in a root file system; nothing else does. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly writable?: true;
}

export interface NamespaceRun {
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether the root can be written, as while an image is built; what is written there is gone afterwards. */
  readonly writable?: true;
  /** The account inside; the one that set the namespace up when left out. */
  readonly user?: number;
  /** The account that sets it up, where root would rather not do so itself. */
  readonly by?: number;
  readonly command: readonly string[];
}

// Runs as the root of its own mount namespace: a new root of the mounts alone, and then the command in its place.
const setUp = `set -eu
root=$1 mode=$2; shift 2
mount -t tmpfs tmpfs "$root"
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$root$2"; else mkdir -p "$(dirname "$root$2")"; : > "$root$2"; fi
  mount --rbind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3
done
shift
mkdir -p -m 1777 "$root/tmp"
[ "$mode" = rw ] || mount -o remount,bind,ro "$root"
exec "$@"`;

const runFile = promisify(execFile);

/** Runs a command to its end and gives what it printed. @throws Error with its output when it fails */
export async function runInNamespace(run: NamespaceRun): Promise<string> {
  const { file, args, remove } = commandOf(run);
  try {
    const { stdout } = await runFile(file, args, { env: run.env, cwd: '/', maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } finally {
    remove();
  }
}

/** A command that goes on. */
export interface Running {
  readonly child: ChildProcess;
  /** The process id of the command itself, once it runs. */
  pid(): number;
  /** Sends it SIGTERM, unless it has ended. */
  end(): void;
}

/** Starts a command that goes on until it ends, or is ended. */
export function startInNamespace(run: NamespaceRun): Running {
  const { file, args, remove } = commandOf(run);
  const child = spawn(file, args, { env: run.env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  child.once('exit', remove);
  const pid = () => startedBy(child.pid ?? 0);
  const end = () => void (child.exitCode === null && child.signalCode === null && process.kill(pid(), 'SIGTERM'));
  return { child, pid, end };
}

function commandOf({ mounts, env, writable, user, by, command }: NamespaceRun) {
  if (process.platform !== 'linux') {
    throw new Error('images are tried in namespaces, which Linux alone has: run this test there');
  }
  const root = mkdtempSync(join(tmpdir(), 'image-'));
  const listed = mounts.flatMap(({ source, target, writable }) => [source, target, writable ? 'rw' : 'ro']);
  const isRoot = process.getuid?.() === 0 && by === undefined;
  const args = ['--mount', ...(isRoot ? [] : ['--user', '--map-root-user']), '/bin/sh', '-c', setUp, 'sh', root];
  const mode = writable ? 'rw' : 'ro';
  const unshare = ['/usr/bin/unshare', ...args, mode, ...listed, '--', ...entered(root, isRoot, user), ...command];
  const [file = '', ...others] = [...(by === undefined ? privilegeFor(env) : asUser(by, by)), ...unshare];
  return {
    file,
    args: others,
    remove: () => rmSync(root, { recursive: true, force: true }), // the mounts are of the namespace alone
  };
}

/** Only root may become somebody else; for others a further namespace says who they are. */
function entered(root: string, isRoot: boolean, user: number | undefined): string[] {
  if (user === undefined) return ['/usr/sbin/chroot', root];
  return isRoot
    ? ['/usr/sbin/chroot', `--userspec=${user}:${user}`, root]
    : ['/usr/bin/unshare', '--user', `--map-user=${user}`, `--map-group=${user}`, `--root=${root}`, '--'];
}
