import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { LEDGER_PATTERN, ledgerFile, type ResourceKind } from '#run/ledger.ts';
import { dropDatabase } from '#services/postgres-server.ts';
import { deleteVhost } from '#services/rabbit-management.ts';
import { unlinkByPrefix } from '#services/redis-server.ts';

const removers: Record<ResourceKind, (name: string) => Promise<void>> = {
  database: dropDatabase,
  vhost: deleteVhost,
  redis: unlinkByPrefix,
  folder: async (path) => rmSync(path, { recursive: true, force: true }),
};

/** Removes everything that a run listed in its ledger, then the ledger. What is gone already is no error. */
export async function removeRun(run: string): Promise<void> {
  for (const line of ledgerLines(run)) {
    const [kind, name] = line.split(' ');
    const remove = removers[kind as ResourceKind];
    if (remove !== undefined && name !== undefined) {
      await remove(name);
    }
  }
  rmSync(ledgerFile(run), { force: true });
}

/** Cleans up after runs whose process was killed before it could. */
export async function removeAbandonedRuns(): Promise<void> {
  for (const file of readdirSync(tmpdir())) {
    const groups = LEDGER_PATTERN.exec(file)?.groups;
    if (groups?.['run'] !== undefined && groups['pid'] !== undefined && !isAlive(Number.parseInt(groups['pid'], 36))) {
      await removeRun(groups['run']);
    }
  }
}

function ledgerLines(run: string): string[] {
  try {
    return readFileSync(ledgerFile(run), 'utf8').split('\n').filter(Boolean).reverse();
  } catch {
    return []; // a run of pure tests creates nothing
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
