import { describe, expect, test } from 'vitest';
import { freshEmail } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { firstJourney } from '#first-journey.ts';
import { activationLink, createAdmin } from '#operator.ts';
import { type Colleagues, staffActsJourney } from '#staff-acts-journey.ts';
import { becomeStaff, type Console, signInAtConsole } from '#staff-journey.ts';
import { it } from './stack.ts';

let colleagues: Colleagues;

function staffConsole(): Console {
  const { staff } = it.stack.addresses;
  return { client: new GatewayClient(staff), origin: staff };
}

describe('the first administrators', () => {
  test('SR-10, SR-72 come by an operator, a link, a password and a passkey', { timeout: 120_000 }, async () => {
    const place = staffConsole();
    const [first, second] = [freshEmail(), freshEmail()];
    const url = await activationLink(it.stack.addresses, first);
    expect(url).toContain(`${it.stack.addresses.staff}/activate#token=ac_`);
    const member = await becomeStaff(place, first, url);
    const token = await signInAtConsole(place, member);
    const [to, from] = [0, 3_600_000].map((ago) => new Date(Date.now() - ago).toISOString());
    const read = await place.client.send('GET', `/v1/admin/audit?from=${from}&to=${to}`, { token });
    expectStatus(read, 200);

    const again = { body: { activationToken: 'ac_x', password: member.password }, headers: { origin: place.origin } };
    expectStatus(await place.client.send('POST', '/v1/auth/activate', again), 422);
    const colleague = await becomeStaff(place, second, await activationLink(it.stack.addresses, second));
    colleagues = { maker: token, checker: await signInAtConsole(place, colleague) };
    const refused = await createAdmin(it.stack.addresses, '--email', freshEmail());
    expect(refused).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error: There are two administrators already: one of them invites, the other approves.\n',
    });
  });

  test('an operator who errs is told in one line', async () => {
    expect(await createAdmin(it.stack.addresses, '--email', 'nobody')).toMatchObject({
      status: 2,
      stderr: 'error: nobody is no email address\n',
    });
    expect(await createAdmin(it.stack.addresses)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error: usage: .*\n$/),
    });
  });
});

test('staff look a customer up, lock the account everywhere, reset its factors by two people, and stand in the ledger', {
  timeout: 120_000,
}, async () => {
  const { gateway, sandbox } = it.stack.addresses;
  const steps: string[] = [];
  const announce = (step: string) => void steps.push(step);
  const customers = { client: new GatewayClient(gateway), inboxUrl: sandbox.http, announce };
  await staffActsJourney({ ...staffConsole(), announce }, customers, colleagues, await firstJourney(customers));
  expect(steps.at(-1)).toBe('And nobody has changed it');
});
