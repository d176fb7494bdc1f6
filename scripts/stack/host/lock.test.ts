import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { acquireLock, readLockHolder } from '#stack/host/lock.ts';
import { processIdentity } from '#stack/host/process-identity.ts';

const lockIn = (name: string) => join(temporaryFolder(name), 'lock');

describe('acquireLock', () => {
  it('names its holder, and leaves nothing behind', async () => {
    const file = lockIn('free');
    const lock = await acquireLock(file);
    expect(readLockHolder(file)).toMatchObject({ pid: process.pid, stopping: false });
    lock.markStopping();
    expect(readLockHolder(file)).toMatchObject({ pid: process.pid, stopping: true });
    lock.release();
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('refuses while another process holds it', async () => {
    const file = lockIn('held');
    await acquireLock(file);
    await expect(acquireLock(file)).rejects.toThrow(`a stack already runs here (process ${process.pid})`);
  });

  it('replaces the lock of a process that was killed', async () => {
    const file = lockIn('stale');
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    writeFileSync(file, JSON.stringify({ pid, identity: processIdentity(pid), stopping: false }));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await acquireLock(file);
    expect(readLockHolder(file)?.pid).toBe(process.pid);
    lock.release();
  });

  it('is not fooled by a process that got the same id', async () => {
    const file = lockIn('reused');
    writeFileSync(file, JSON.stringify({ pid: process.pid, identity: 'another boot:1', stopping: false }));
    (await acquireLock(file)).release();
    expect(existsSync(file)).toBe(false);
  });

  it('waits for a holder that is stopping', async () => {
    const file = lockIn('stopping');
    const first = await acquireLock(file);
    first.markStopping();
    const second = acquireLock(file);
    first.release();
    (await second).release();
  });

  it('replaces what is not a lock', async () => {
    const file = lockIn('broken');
    writeFileSync(file, '{"pid":');
    (await acquireLock(file)).release();
  });

  it('lets only one of many take over a stale lock', async () => {
    const file = lockIn('contended');
    writeFileSync(file, JSON.stringify({ pid: 2 ** 22, identity: 'gone', stopping: false }));
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock(file)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
