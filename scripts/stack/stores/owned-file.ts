import { chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServiceUser } from '#stack/host/service-user.ts';

/** Writes a file that only the service's account reads. */
export function writeOwned(
  file: string,
  content: string | Buffer,
  user: ServiceUser | undefined,
  mode = 0o600,
): string {
  rmSync(file, { force: true }); // the mode counts at creation alone
  writeFileSync(file, content, { mode });
  if (user !== undefined) {
    chownSync(file, user.uid, user.gid);
  }
  return file;
}

/** Copies a file so that only the service's account reads the copy: certificates' keys belong to whoever serves with them. */
export function copyOwned(source: string, file: string, user: ServiceUser | undefined): string {
  return writeOwned(file, readFileSync(source), user);
}
