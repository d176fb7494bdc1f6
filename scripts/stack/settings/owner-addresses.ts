import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StackError } from '#stack/host/stack-error.ts';
import { writePrivately } from '#stack/secrets/secret-store.ts';
import type { AppName } from '#stack/settings/apps.ts';

/** Where the owner role of an app's schema connects, and the authority to verify the server with. */
export interface OwnerAddress {
  readonly url: string;
  readonly caFile?: string;
}

/** Keeps the owners' addresses for commands that are run beside the launcher. */
export function writeOwnerAddresses(secretsFolder: string, owners: Readonly<Record<AppName, OwnerAddress>>): void {
  const file = ownersFile(secretsFolder);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writePrivately(file, JSON.stringify(owners, null, 2));
}

/**
 * Where to migrate an app: `OWNER_DATABASE_URL` (with `OWNER_DATABASE_CA_FILE`) where it is set, which is how it is done in
 * production, else the development stack. @throws StackError when neither is there
 */
export function readOwnerAddress(app: AppName, secretsFolder: string, env: NodeJS.ProcessEnv): OwnerAddress {
  const { OWNER_DATABASE_URL: url, OWNER_DATABASE_CA_FILE: caFile } = env;
  if (url !== undefined && url !== '') {
    return caFile === undefined || caFile === '' ? { url } : { url, caFile };
  }
  const file = ownersFile(secretsFolder);
  if (!existsSync(file)) {
    throw new StackError('no stack runs here: run "npm start", or set OWNER_DATABASE_URL');
  }
  return (JSON.parse(readFileSync(file, 'utf8')) as Record<AppName, OwnerAddress>)[app];
}

/** Forgets the addresses, when the stack stops. */
export function removeOwnerAddresses(secretsFolder: string): void {
  rmSync(ownersFile(secretsFolder), { force: true });
}

function ownersFile(secretsFolder: string): string {
  return join(secretsFolder, 'owner-addresses.json');
}
