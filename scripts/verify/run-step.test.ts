import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runStep, stopSteps } from '#verify/run-step.ts';

const step = (script: string) => ({ name: 'a step', command: 'sh', args: ['-c', script] });

describe('a step', () => {
  it('is ok when its command is, and keeps what it printed', async () => {
    expect(await runStep(tmpdir(), step('echo out; echo err >&2'))).toMatchObject({ ok: true, output: 'out\nerr' });
  });

  it('stands behind others with all that it starts, when it is to', async () => {
    const group = '/proc/self/autogroup';
    const script = `sleep 0.2; sh -c 'nice; test ! -e ${group} || grep -o "nice .*" ${group}'`;
    const result = await runStep(tmpdir(), { ...step(script), niceness: 7 });
    expect(result).toMatchObject({ ok: true, output: existsSync(group) ? '7\nnice 7' : '7' });
  });

  it('fails with its command', async () => {
    expect(await runStep(tmpdir(), step('echo why; exit 3'))).toMatchObject({ ok: false, output: 'why' });
  });

  it('fails when its command does not exist', async () => {
    const result = await runStep(tmpdir(), { name: 'a step', command: 'no-such-command', args: [] });
    expect(result).toMatchObject({ ok: false, output: expect.stringContaining('ENOENT') });
  });

  it('is stopped with everything it started', async () => {
    const started = runStep(tmpdir(), step('trap "" TERM; sh -c "echo $$; sleep 600"'));
    await stopSteps();
    expect(await started).toMatchObject({ ok: false });
  }, 10_000);
});

describe('a step that does not end in time', () => {
  const withinMs = 60_000;
  const politeMs = 5_000;
  const patience = { timeout: 60_000 };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'run-step-'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The step, once its script has written to the file `up`; the time it has goes by afterwards. */
  async function overdue(script: string, ms: number) {
    const result = runStep(folder, step(script), withinMs);
    await vi.waitFor(() => expect(readFileSync(join(folder, 'up'), 'utf8')).toBe('up\n'), patience);
    vi.advanceTimersByTime(ms);
    return await result;
  }

  // The result is there when nobody has the output any more: neither the step nor what it started.
  it('fails, and what it started is asked to end with it', async () => {
    const started = `trap "echo goodbye; exit" TERM; echo up > up; sleep 600 & wait`;
    expect(await overdue(`sh -c '${started}' & wait`, withinMs)).toMatchObject({
      ok: false,
      output: 'ended: it took more than 1 minutes\ngoodbye',
    });
  }, 90_000);

  it('is ended for good when it does not end by itself', async () => {
    expect(await overdue('trap "" TERM; echo up > up; sleep 600 & wait', withinMs + politeMs)).toMatchObject({
      ok: false,
      output: 'ended: it took more than 1 minutes',
    });
  }, 90_000);
});
