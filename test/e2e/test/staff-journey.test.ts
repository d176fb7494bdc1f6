import { beforeAll, describe, expect, test } from 'vitest';
import { freshEmail } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { becomeStaff, type Console, signInAtConsole } from '#staff-journey.ts';
import { testStack } from '#test-stack.ts';
import { createAdmin } from './support/operator.ts';

const it = testStack();
let place: Console;

beforeAll(() => {
  const { staff } = it.stack.addresses;
  place = { client: new GatewayClient(staff), origin: staff };
});

/** The link for an address, as the operator reads it. */
async function linkFor(email: string): Promise<string> {
  const { status, stdout, stderr } = await createAdmin(it.stack, '--email', email);
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n', 1)[0] ?? '';
}

describe('the first administrators', () => {
  test('SR-10, SR-72 come by an operator, a link, a password and an authenticator app', {
    timeout: 120_000,
  }, async () => {
    const [first, second] = [freshEmail(), freshEmail()];
    const url = await linkFor(first);
    expect(url).toContain(`${it.stack.addresses.staff}/activate#token=ac_`);
    const member = await becomeStaff(place, first, url);
    const token = await signInAtConsole(place, member);
    const [to, from] = [0, 3_600_000].map((ago) => new Date(Date.now() - ago).toISOString());
    const read = await place.client.send('GET', `/v1/admin/audit?from=${from}&to=${to}`, { token });
    expectStatus(read, 200);

    const again = { body: { activationToken: 'ac_x', password: member.password }, headers: { origin: place.origin } };
    expectStatus(await place.client.send('POST', '/v1/auth/activate', again), 422);
    await becomeStaff(place, second, await linkFor(second));
    const refused = await createAdmin(it.stack, '--email', freshEmail());
    expect(refused).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error: There are two administrators already: one of them invites, the other approves.\n',
    });
  });

  test('an operator who errs is told in one line', async () => {
    expect(await createAdmin(it.stack, '--email', 'nobody')).toMatchObject({
      status: 2,
      stderr: 'error: nobody is no email address\n',
    });
    expect(await createAdmin(it.stack)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error: usage: .*\n$/),
    });
  });
});
