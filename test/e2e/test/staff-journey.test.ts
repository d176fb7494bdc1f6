import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';
import { beforeAll, describe, expect, test } from 'vitest';
import { freshEmail } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { becomeStaff, type Console, signInAtConsole } from '#staff-journey.ts';
import { testStack } from '#test-stack.ts';

const it = testStack();
let place: Console;

beforeAll(() => {
  const { staff } = it.stack.addresses;
  place = { client: new GatewayClient(staff), origin: staff };
});

/** `pnpm ops admin create`, run as an operator does. */
function createAdmin(...args: string[]) {
  const { apps, tls } = it.stack.addresses;
  const own = (ending: string) => join(dirname(tls.ca), `ops.${ending}`);
  const where = ['--auth-url', apps.auth.rpc, '--ca', tls.ca, '--cert', own('pem'), '--key', own('key')];
  const command = [join(repositoryFolder, 'scripts/ops.ts'), 'admin', 'create', ...where, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env: {} });
  return { status, stdout, stderr };
}

/** The link for an address, as the operator reads it. */
function linkFor(email: string): string {
  const { status, stdout, stderr } = createAdmin('--email', email);
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n', 1)[0] ?? '';
}

describe('the first administrators', () => {
  test('SR-10, SR-72 come by an operator, a link, a password and an authenticator app', {
    timeout: 120_000,
  }, async () => {
    const [first, second] = [freshEmail(), freshEmail()];
    const url = linkFor(first);
    expect(url).toContain(`${it.stack.addresses.staff}/activate#token=ac_`);
    const member = await becomeStaff(place, first, url);
    const token = await signInAtConsole(place, member);
    const [to, from] = [0, 3_600_000].map((ago) => new Date(Date.now() - ago).toISOString());
    const read = await place.client.send('GET', `/v1/admin/audit?from=${from}&to=${to}`, { token });
    expectStatus(read, 200);

    const again = { body: { activationToken: 'ac_x', password: member.password }, headers: { origin: place.origin } };
    expectStatus(await place.client.send('POST', '/v1/auth/activate', again), 422);
    await becomeStaff(place, second, linkFor(second));
    const refused = createAdmin('--email', freshEmail());
    expect(refused).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error: There are two administrators already: one of them invites, the other approves.\n',
    });
  });

  test('an operator who errs is told in one line', () => {
    expect(createAdmin('--email', 'nobody')).toMatchObject({
      status: 2,
      stderr: 'error: nobody is no email address\n',
    });
    expect(createAdmin()).toMatchObject({ status: 2, stderr: expect.stringMatching(/^error: usage: .*\n$/) });
  });
});
