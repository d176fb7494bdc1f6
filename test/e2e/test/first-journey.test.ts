import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';
import { until } from '@bank/testing';
import { expect, test } from 'vitest';
import { GatewayClient } from '#client.ts';
import { firstJourney } from '#first-journey.ts';
import { testStack } from '#test-stack.ts';

const it = testStack();

async function journey(onStep: (step: string) => void = () => undefined): Promise<string[]> {
  const steps: string[] = [];
  const { addresses } = it.stack;
  await firstJourney({
    client: new GatewayClient(addresses.gateway),
    inboxUrl: addresses.sandbox.http,
    announce(step) {
      steps.push(step);
      onStep(step);
    },
  });
  return steps;
}

test('the journey of the tour, over five processes and the gateway', async () => {
  const steps = await journey();
  expect(steps.at(-1)).toContain('In the inbox');
}, 60_000);

test('a device service that hangs slows no sign-in and opens no door: a code by mail is asked', async () => {
  const pid = it.stack.apps.device.pid();
  if (pid === undefined) throw new Error('device does not run');
  try {
    const steps = await journey((step) => {
      if (step.startsWith('Sign in again')) process.kill(pid, 'SIGSTOP');
    });
    expect(steps).toContain('The device service was too busy to vouch for the device, so a code by mail is asked');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}, 60_000);

test('what happened stands in the ledger, signed, and an operator verifies it', async () => {
  const { owners, environments } = it.stack;
  const { CHECKPOINT_DIR = '', CHECKPOINT_TRUSTED_KEYS_FILE = '' } = environments.admin;
  const { url, caFile } = owners.admin;
  const options = ['--database-url', url, ...(caFile === undefined ? [] : ['--database-ca-file', caFile])];
  const files = ['--checkpoints', CHECKPOINT_DIR, '--keys', CHECKPOINT_TRUSTED_KEYS_FILE];
  const script = join(repositoryFolder, 'scripts', 'ops.ts');
  const report = await until(() => {
    const args = [script, 'audit', 'verify', '--json', ...options, ...files];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const found = JSON.parse(stdout === '' ? JSON.stringify({ problems: [stderr] }) : stdout);
    expect(found.problems).toEqual([]);
    return found.checkpoints.verified > 0 && found.entries > 10 ? found : undefined;
  });
  expect(report.ok).toBe(true);
}, 60_000);
