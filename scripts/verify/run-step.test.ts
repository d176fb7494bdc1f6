import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
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

  it('fails when it does not end in time, and what it started ends with it', async () => {
    const { ok, output } = await runStep(tmpdir(), step('sh -c "echo $$; sleep 600" & wait'), 300);
    expect({ ok, output }).toEqual({ ok: false, output: expect.stringMatching(/\nended: it took more than/) });
    expect(() => process.kill(Number.parseInt(output, 10), 0)).toThrow();
  });

  it('is stopped with everything it started', async () => {
    const started = runStep(tmpdir(), step('trap "" TERM; sh -c "echo $$; sleep 600"'));
    await stopSteps();
    expect(await started).toMatchObject({ ok: false });
  }, 10_000);
});
