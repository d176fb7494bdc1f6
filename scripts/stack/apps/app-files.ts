import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately } from '#stack/secrets/secret-store.ts';
import type { AppName } from '#stack/settings/apps.ts';
import { readRpcCallers } from '#stack/settings/rpc-callers.ts';

/** The file that says who may call an app's methods (`RPC_CALLERS_FILE`). */
export function callersFile(secretsFolder: string, app: AppName): string {
  return join(secretsFolder, `${app}.rpc-callers.json`);
}

/** Writes each app's table of callers from `infra/rpc-callers.json`. */
export function writeCallersFiles(secretsFolder: string): void {
  for (const [app, callers] of Object.entries(readRpcCallers())) {
    writePrivately(callersFile(secretsFolder, app as AppName), JSON.stringify(callers, null, 2));
  }
}

/** The file with which `pnpm dev` gives a process its environment. */
export function environmentFile(stackFolder: string, name: string): string {
  return join(stackFolder, 'env', `${name}.env`);
}

/** Writes an environment in the form of Node's `--env-file`. */
export function writeEnvironmentFile(file: string, env: Readonly<Record<string, string>>): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const lines = Object.entries(env).map(([name, value]) => `${name}="${value}"`);
  writePrivately(file, `${lines.join('\n')}\n`);
}
