import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';
import { until } from '@bank/testing';
import { expect, test } from 'vitest';
import { type Account, type Place, registerAccount, type Tokens } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { firstJourney } from '#first-journey.ts';
import { asOwner } from '../../support/database.ts';
import { it } from './stack.ts';

function place(): Place {
  const { gateway, sandbox } = it.stack.addresses;
  return { client: new GatewayClient(gateway), inboxUrl: sandbox.http };
}

async function journey(onStep: (step: string) => void = () => undefined): Promise<string[]> {
  const steps: string[] = [];
  await firstJourney({
    ...place(),
    announce(step) {
      steps.push(step);
      onStep(step);
    },
  });
  return steps;
}

test('the journey of the tour, over five apps of two processes each, the gateway and a pooler', async () => {
  const steps = await journey();
  expect(steps.at(-1)).toContain('In the inbox');
}, 60_000);

test('a device service that hangs slows no sign-in and opens no door: a code by mail is asked', async () => {
  const signal = (name: NodeJS.Signals) => {
    for (const replica of it.stack.apps.device.replicas) process.kill(replica.pid() ?? expect.unreachable(), name);
  };
  try {
    const steps = await journey((step) => {
      if (step.startsWith('Sign in again, on the known device')) signal('SIGSTOP');
      if (step.startsWith('Refresh')) signal('SIGCONT');
    });
    expect(steps).toContain('The device service was too busy to vouch for the device, so a code by mail is asked');
  } finally {
    signal('SIGCONT');
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

/** The tokens of a session whose user proved who they are that long ago. */
async function aged({ sessionId, refreshToken, device }: Account, seconds: number): Promise<Tokens> {
  await asOwner(it.stack.owners.auth, (client) =>
    client.query(`update auth.sessions set auth_time = auth_time - make_interval(secs => $2) where id = $1`, [
      sessionId,
      seconds,
    ]),
  );
  const body = { refreshToken, device: { secret: device.secret } };
  return expectStatus<Tokens>(await place().client.send('POST', '/v1/auth/token/refresh', { body }), 200);
}

test('SR-62 what was proved too long ago is not enough, whatever was renewed since; the password renews it', async () => {
  const account = await registerAccount(place());
  const { accessToken: token } = await aged(account, 301);
  const refused = await place().client.send('POST', '/v1/mfa/totp', { token, body: {} });
  const problem = expectStatus<{ code: string; maxAgeSeconds: number }>(refused, 403);
  expect([problem.code, problem.maxAgeSeconds]).toEqual(['auth.step_up.required', 300]);

  const body = { password: account.password };
  const renewed = await place().client.send('POST', '/v1/auth/step-up/verify', { token, body });
  const { accessToken } = expectStatus<Tokens>(renewed, 200);
  const isThere = ({ status }: { status: number }) => status === 201;
  await place().client.sendUntil(isThere, 5_000, 'POST', '/v1/mfa/totp', { token: accessToken, body: {} });
}, 60_000);
