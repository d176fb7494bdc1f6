import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { shortHash } from '#stack/host/short-hash.ts';
import { StackError } from '#stack/host/stack-error.ts';

// Survives a reboot, unlike /tmp on many systems.
const FALLBACK_BASE = '/var/tmp';

export interface ServiceUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account a service runs under: the first of `names` that exists when we are root (Postgres refuses to run as root,
 * the others need not), undefined when we are an ordinary user and services run as ourselves.
 */
export function serviceUser(names: readonly string[]): ServiceUser | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  for (const name of names) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)];
    if (uid !== undefined && gid !== undefined) {
      return { name, uid, gid };
    }
  }
  throw new StackError(`none of the accounts ${names.join(', ')} exists, and services must not run as root`);
}

/**
 * A folder that the service's account owns and reaches: under the stack's folder, or in the system's temporary folder when
 * a parent (such as root's home) is closed to that account.
 */
export function ownedFolder(stackFolder: string, name: string, user: ServiceUser | undefined): string {
  const wanted = join(stackFolder, 'data', name);
  mkdirSync(wanted, { recursive: true });
  chmodSync(wanted, 0o700); // data of one account's service
  if (user === undefined) {
    return wanted;
  }
  chownSync(wanted, user.uid, user.gid);
  if (canWrite(wanted, user)) {
    return wanted;
  }
  rmSync(wanted, { recursive: true, force: true });
  const fallback = join(fallbackFolder(stackFolder), name);
  mkdirSync(fallback, { recursive: true, mode: 0o700 });
  chownSync(fallback, user.uid, user.gid);
  if (!canWrite(fallback, user)) {
    throw new StackError(`account ${user.name} can reach neither ${wanted} nor ${fallback}; move the checkout`);
  }
  return fallback;
}

/** The folder that `ownedFolder` made for a service. */
export function dataFolderOf(stackFolder: string, name: string): string {
  const wanted = join(stackFolder, 'data', name);
  return existsSync(wanted) ? wanted : join(fallbackPath(stackFolder), name);
}

/** Removes the data of a stack's services, wherever it lies. */
export function removeData(stackFolder: string): void {
  rmSync(join(stackFolder, 'data'), { recursive: true, force: true });
  rmSync(fallbackPath(stackFolder), { recursive: true, force: true });
}

/** Where the data of a stack lies when its own folder is closed to service accounts. */
function fallbackFolder(stackFolder: string): string {
  const folder = fallbackPath(stackFolder);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  // Anybody may create names in that folder: never trust one that another account made.
  const made = lstatSync(folder);
  if (made.uid !== process.getuid?.() || !made.isDirectory()) {
    throw new StackError(`${folder} belongs to another account; remove it`);
  }
  return folder;
}

function fallbackPath(stackFolder: string): string {
  return join(FALLBACK_BASE, `bank-stack-${shortHash(stackFolder)}`);
}

function canWrite(folder: string, { uid, gid }: ServiceUser): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], { uid, gid, cwd: '/' });
  return probe.status === 0;
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : undefined;
}
