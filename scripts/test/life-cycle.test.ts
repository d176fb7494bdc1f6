import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { readLockHolder } from '#stack/host/lock.ts';
import { isAlive } from '#stack/host/process-identity.ts';
import { readRunRecord } from '#stack/host/run-record.ts';
import { describeStack, resetStack, stopStack } from '#stack/run/stack-commands.ts';
import { lockFile, openStackFolder, runRecordFile } from '#stack/run/stack-folder.ts';
import { requireSamePlace } from '#stack/stores/data-place.ts';

/** Starts a launcher in a process of its own and waits until it has started something. */
async function launcherIn(folder: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./abandoned-run.ts', import.meta.url));
  const launcher = spawn(process.execPath, [script, folder], { stdio: 'ignore' });
  await until(() => readRunRecord(runRecordFile(folder)).length > 0);
  return launcher;
}

async function kill(launcher: ChildProcess): Promise<void> {
  launcher.kill('SIGKILL');
  await once(launcher, 'exit');
}

function orphanOf(folder: string) {
  const [orphan] = readRunRecord(runRecordFile(folder));
  if (orphan === undefined) {
    throw new Error('nothing is recorded');
  }
  return orphan;
}

describe('a stack whose launcher was killed', () => {
  it('is taken over by the next launcher, which stops what was left', async () => {
    const folder = temporaryFolder('killed');
    await kill(await launcherIn(folder));
    const orphan = orphanOf(folder);
    expect(isAlive(orphan)).toBe(true);
    const said: string[] = [];
    const next = await openStackFolder({ folder, report: (line) => said.push(line) });
    expect(said).toEqual(['stopped what an earlier run left behind: orphan']);
    expect(isAlive(orphan)).toBe(false);
    expect(readLockHolder(lockFile(folder))?.pid).toBe(process.pid);
    await next.close();
    expect(existsSync(lockFile(folder))).toBe(false);
  });

  it('is told by status and cleaned by stop', async () => {
    const folder = temporaryFolder('left');
    await kill(await launcherIn(folder));
    const orphan = orphanOf(folder);
    expect(describeStack(folder)).toContain('left over from a killed launcher: orphan');
    expect(await stopStack(folder)).toBe('stopped what was left: orphan');
    expect(isAlive(orphan)).toBe(false);
    expect(describeStack(folder)).toContain('no stack runs here');
    expect(await stopStack(folder)).toBe('nothing was running');
  });
});

describe('a stack that runs', () => {
  it('cannot be started a second time', async () => {
    const folder = temporaryFolder('twice');
    const launcher = await launcherIn(folder);
    await expect(openStackFolder({ folder })).rejects.toThrow(`a stack already runs here (process ${launcher.pid})`);
    const orphan = orphanOf(folder);
    expect(isAlive(orphan)).toBe(true);
    await kill(launcher);
    await stopStack(folder);
  });

  it('takes everything with it when its launcher fails without cleaning up', async () => {
    const folder = temporaryFolder('crashed');
    const launcher = await launcherIn(folder);
    const child = orphanOf(folder);
    launcher.kill('SIGUSR2');
    expect(await once(launcher, 'exit')).toEqual([1, null]);
    await until(() => !isAlive(child));
  });

  it('stops everything when its signal aborts', async () => {
    const folder = temporaryFolder('aborted');
    const controller = new AbortController();
    const { supervisor } = await openStackFolder({ folder, signal: controller.signal });
    const env = { PATH: process.env['PATH'] ?? '' };
    const sleeper = await supervisor.start({ name: 'sleeper', layer: 'store', command: 'sleep', args: ['600'], env });
    controller.abort();
    expect(await sleeper.exited).toEqual({ code: null, signal: 'SIGTERM' });
    await until(() => !existsSync(lockFile(folder)));
  });
});

describe('a stack that is reset', () => {
  it('keeps nothing of its users, and leaves the stacks of tests alone', async () => {
    const folder = temporaryFolder('reset');
    const made = [
      'data/postgres',
      'files/bank/ab',
      'checkpoints/bank',
      'secrets',
      'tls',
      'env',
      'logs',
      'test/files/bank',
    ];
    for (const name of made) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'x'), 'x');
    }
    expect(await resetStack(folder)).toBe('nothing was running; data, secrets and logs are removed');
    expect(readdirSync(folder)).toEqual(['test']);
    expect(existsSync(join(folder, 'test/files/bank/x'))).toBe(true);
  });

  it('says what stays in a server that others run', async () => {
    const folder = temporaryFolder('reset-given');
    const given = { url: 'postgres://me@db/bank', variable: 'POSTGRES_URL' };
    requireSamePlace(folder, { kind: 'given', given }).note();
    expect(await resetStack(folder)).toContain('the database in the Postgres of POSTGRES_URL (db:5432) stays');
    expect(readdirSync(folder)).toEqual([]);
  });
});
