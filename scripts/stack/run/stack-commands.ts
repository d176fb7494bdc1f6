import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeContainers } from '#stack/containers/compose.ts';
import { poll } from '#stack/host/deadline.ts';
import { readLockHolder } from '#stack/host/lock.ts';
import { isAlive } from '#stack/host/process-identity.ts';
import { readRunRecord, stopOrphans } from '#stack/host/run-record.ts';
import { removeData } from '#stack/host/service-user.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { lockFile, runRecordFile } from '#stack/run/stack-folder.ts';
import { addressTable, readAddresses } from '#stack/settings/addresses.ts';
import { dataPlaceFile, foreignDataPlace } from '#stack/stores/data-place.ts';

const STOP_MS = 60_000;
const LINES_SHOWN = '200';

// What a run makes in its folder. Stacks of tests lie in folders of their own below it, and are not touched.
const ownFolders = [
  ...['logs', 'secrets', 'tls', 'env', 'cache', 'checkpoints', 'files'],
  ...['run.json', 'addresses.json', 'lock'],
];

/** What runs in a stack's folder, in lines for the terminal. */
export function describeStack(folder: string): string {
  const holder = readLockHolder(lockFile(folder));
  const running = readRunRecord(runRecordFile(folder)).filter(isAlive);
  if (holder === undefined || !isAlive(holder)) {
    return running.length === 0
      ? 'no stack runs here; "npm start" starts one'
      : `left over from a killed launcher: ${running.map(({ name }) => name).join(', ')}; "pnpm stack stop" stops them`;
  }
  const addresses = readAddresses(folder);
  return [
    `launcher: process ${holder.pid}${holder.stopping ? ', stopping' : ''}`,
    ...running.map(({ name, pid }) => `  ${name.padEnd(10)} process ${pid}`),
    addresses === undefined ? 'not ready yet' : `\n${addressTable(addresses)}`,
  ].join('\n');
}

/** Stops the stack of a folder, or what a killed launcher left of it. Gives a line on what was done. */
export async function stopStack(folder: string): Promise<string> {
  const holder = readLockHolder(lockFile(folder));
  if (holder !== undefined && isAlive(holder)) {
    process.kill(holder.pid, 'SIGTERM');
    await poll(async () => !isAlive(holder), { until: `process ${holder.pid} has ended`, deadlineMs: STOP_MS });
    return 'stopped';
  }
  const orphans = await stopOrphans(runRecordFile(folder));
  rmSync(lockFile(folder), { force: true });
  return orphans.length === 0 ? 'nothing was running' : `stopped what was left: ${orphans.join(', ')}`;
}

/**
 * Stops the stack and removes its data, the files of its users with it, secrets, certificates and logs. Gives a line on what was
 * done, and on what a server that others run still has.
 */
export async function resetStack(folder: string): Promise<string> {
  const outcome = await stopStack(folder);
  removeContainers(folder);
  const foreign = foreignDataPlace(folder);
  for (const name of ownFolders) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  removeData(folder);
  rmSync(dataPlaceFile(folder), { force: true });
  if (foreign === undefined) return `${outcome}; data, secrets and logs are removed`;
  return `${outcome}; secrets and logs are removed; the database in ${foreign} stays, and nothing opens what is sealed in it: drop it`;
}

/** Shows the end of a log, and what is added to it until Ctrl-C when `follow` is set. @throws StackError naming the logs there are */
export function showLog(folder: string, name: string, follow: boolean): void {
  const logs = join(folder, 'logs');
  const file = join(logs, `${name}.log`);
  if (!existsSync(file)) {
    const names = existsSync(logs) ? readdirSync(logs).filter((entry) => entry.endsWith('.log')) : [];
    throw new StackError(
      `no log "${name}": ${names.map((entry) => entry.slice(0, -4)).join(', ') || 'nothing ran yet'}`,
    );
  }
  spawnSync('tail', ['-n', LINES_SHOWN, ...(follow ? ['-F'] : []), file], { stdio: 'inherit' });
}
