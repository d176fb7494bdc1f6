import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { LEDGER_PATTERN, ledgerFile, type ResourceKind, resourcePrefix } from '#run/ledger.ts';
import { dropDatabases } from '#services/postgres-server.ts';
import { deleteVhosts } from '#services/rabbit-management.ts';
import { unlinkByPrefix } from '#services/redis-server.ts';

const removers: Record<ResourceKind, (names: readonly string[], run: string) => Promise<void>> = {
  database: dropDatabases,
  vhost: deleteVhosts,
  redis: (_prefixes, run) => unlinkByPrefix(resourcePrefix(run)),
  folder: async (paths) => {
    for (const path of paths) rmSync(path, { recursive: true, force: true });
  },
};

/** Removes everything that a run listed in its ledger, then the ledger. What is gone already is no error. */
export async function removeRun(run: string): Promise<void> {
  const listed = Object.groupBy(ledgerLines(run), (line) => line.slice(0, line.indexOf(' ')));
  await Promise.all(
    Object.entries(removers).map(async ([kind, remove]) => {
      const names = listed[kind]?.map((line) => line.slice(kind.length + 1));
      if (names !== undefined) await remove(names, run);
    }),
  );
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
    return readFileSync(ledgerFile(run), 'utf8').split('\n').filter(Boolean);
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
