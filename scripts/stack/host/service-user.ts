import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
 * a parent (such as root's home) is closed to that account. Data that is there is never left behind.
 * @throws StackError naming the parent that has been closed to the data since
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
  if (readdirSync(wanted).length > 0) {
    const parent = closedParent(wanted, user);
    throw new StackError(
      `account ${user.name} reaches its data in ${wanted} no more: open ${parent} to it (chmod o+x)`,
    );
  }
  rmdirSync(wanted);
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

function canWrite(folder: string, user: ServiceUser): boolean {
  return succeedsAs(user, 'cd "$1" && test -w .', folder);
}

/** The outermost folder around this one that the account does not get into. */
function closedParent(folder: string, user: ServiceUser): string {
  const parent = dirname(folder);
  const isOpen = parent === folder || succeedsAs(user, 'cd "$1"', parent);
  return isOpen ? folder : closedParent(parent, user);
}

function succeedsAs({ uid, gid }: ServiceUser, script: string, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', script, 'sh', folder], { uid, gid, cwd: '/' }).status === 0;
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : undefined;
}
