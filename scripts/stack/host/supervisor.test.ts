import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { isAlive, processIdentity } from '#stack/host/process-identity.ts';
import { readRunRecord, stopOrphans } from '#stack/host/run-record.ts';
import { createSupervisor, type ProcessSpec } from '#stack/host/supervisor.ts';

function shell(name: string, script: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  const env = { PATH: process.env['PATH'] ?? '' };
  return { name, layer: 'app', command: '/bin/sh', args: ['-c', script], env, ...more };
}

function open(name: string) {
  const folder = temporaryFolder(name);
  const record = join(folder, 'run.json');
  return { folder, record, supervisor: createSupervisor(record, join(folder, 'logs')) };
}

describe('a supervised process', () => {
  it('is recorded while it runs, and writes to its log', async () => {
    const { record, supervisor } = open('recorded');
    const child = await supervisor.start(shell('talker', 'echo hello; exec sleep 60'));
    expect(readRunRecord(record)).toMatchObject([{ name: 'talker', pid: child.pid }]);
    await until(() => readFileSync(supervisor.logFile('talker'), 'utf8') === 'hello\n');
    await child.stop();
    expect(readRunRecord(record)).toEqual([]);
  });

  it('takes its descendants with it when it is stopped', async () => {
    const { folder, supervisor } = open('descendants');
    const pidFile = join(folder, 'pid');
    const child = await supervisor.start(shell('parent', `sleep 60 & echo $! > ${pidFile}; wait`));
    const pid = await until(() => Number(readFileSync(pidFile, 'utf8')) || undefined);
    const grandchild = { pid, identity: processIdentity(pid) ?? '' };
    await child.stop();
    await until(() => !isAlive(grandchild));
  });

  it('is ended and started again by its name, as it was last and with what is added', async () => {
    const { supervisor } = open('again');
    const log = () => readFileSync(supervisor.logFile('store'), 'utf8');
    await supervisor.start(
      shell('store', 'echo "born $LIFE"; exec sleep 60', { env: { PATH: '/bin', LIFE: 'first' } }),
    );
    const store = supervisor.control('store');
    await until(() => log().includes('born first'));
    await store.kill();
    await store.start({ LIFE: 'second' });
    await until(() => log().includes('born second'));
    await store.stop();
    const last = await store.start();
    await until(() => log() === 'born second\n'); // each life has a log of its own
    await store.stop();
    await expect(last.exited).resolves.toMatchObject({ signal: 'SIGTERM' });
    await expect(supervisor.control('nobody').stop()).rejects.toThrow('nobody was never started');
  });

  it('fails to get ready with a line of its log when it ends before', async () => {
    const { supervisor } = open('ends');
    const child = await supervisor.start(shell('broken', 'echo starting; echo "FATAL: no such thing" >&2; exit 3'));
    await expect(child.untilReady(async () => false, 10)).rejects.toThrow(
      'broken ended while starting: FATAL: no such thing',
    );
  });

  it('is reported when nobody stopped it, and not when somebody did', async () => {
    const { supervisor } = open('unexpected');
    const ended: string[] = [];
    supervisor.onUnexpectedExit(({ name }, { code }) => ended.push(`${name} ${code}`));
    const stopped = await supervisor.start(shell('stopped', 'exec sleep 60'));
    await supervisor.start(shell('crashed', 'exit 7'));
    await stopped.stop();
    await until(() => ended.length > 0);
    expect(ended).toEqual(['crashed 7']);
  });

  it('names a program that does not exist', async () => {
    const { supervisor } = open('missing');
    const start = supervisor.start(shell('ghost', '', { command: '/nonexistent/program' }));
    await expect(start).rejects.toThrow('ghost could not be started');
  });
});

describe('stopAll', () => {
  it('stops layer by layer, and lets nothing start any more', async () => {
    const { folder, supervisor } = open('layers');
    const order = join(folder, 'order');
    const script = (name: string) => `trap 'echo ${name} >> ${order}; exit 0' TERM; while :; do sleep 0.05; done`;
    for (const [name, layer] of [
      ['database', 'store'],
      ['service', 'app'],
      ['proxy', 'edge'],
    ] as const) {
      await supervisor.start(shell(name, `echo up; ${script(name)}`, { layer }));
      await until(() => readFileSync(supervisor.logFile(name), 'utf8') === 'up\n');
    }
    await supervisor.stopAll();
    expect(readFileSync(order, 'utf8')).toBe('service\nproxy\ndatabase\n');
    await expect(supervisor.start(shell('late', 'exit 0'))).rejects.toThrow('the stack is being stopped');
  });
});

describe('stopOrphans', () => {
  it('stops what a killed launcher left running, and nothing else', async () => {
    const { record, supervisor } = open('orphans');
    const orphan = await supervisor.start(shell('orphan', 'exec sleep 60'));
    const stranger = spawn('sleep', ['60']);
    await once(stranger, 'spawn');
    const recorded = readRunRecord(record);
    expect(recorded.map(({ pid }) => pid)).toEqual([orphan.pid]);
    expect(await stopOrphans(record)).toEqual(['orphan']);
    expect(await orphan.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });

  it('leaves a process alone that got the id of a recorded one', async () => {
    const { folder, record } = open('reused');
    const stranger = spawn('sleep', ['60']);
    await once(stranger, 'spawn');
    const entry = { name: 'old', pid: stranger.pid, identity: 'another boot:1', stopSignal: 'SIGTERM' };
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ processes: [entry] }));
    expect(await stopOrphans(record)).toEqual([]);
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });
});
