import { beforeAll, describe, expect, test } from 'vitest';
import type { Place } from '#account.ts';
import { type Exchange, expectStatus, GatewayClient } from '#client.ts';
import { passkeyJourney } from '#passkey-journey.ts';
import { enrolPasskey, newPhone, signInWithPasskey } from '#passkeys.ts';
import { sharedStack } from '#test-stack.ts';
import { asOwner } from './support/database.ts';
import { enrollingStaff, giveRoles, passkeyHolder, signInAtConsole } from './support/people.ts';

const it = sharedStack();
let place: Place & { announce: () => void };
let staff: GatewayClient;

beforeAll(() => {
  const { gateway, sandbox, staff: staffUrl } = it.stack.addresses;
  place = { client: new GatewayClient(gateway), inboxUrl: sandbox.http, announce: () => undefined };
  staff = new GatewayClient(staffUrl);
});

const codeOf = ({ status, body }: Exchange) => [status, (body as { code?: string }).code];

describe('a passkey', () => {
  test('is enrolled, signs in without a name, and steps up', { timeout: 60_000 }, async () => {
    const { token } = await passkeyJourney(place);
    const codes = await place.client.send('POST', '/v1/mfa/recovery-codes', { token });
    expectStatus(codes, 201);
  });

  test('SR-15, SR-30 of nobody, of a page that is not ours, and one that was used before are refused alike', async () => {
    const { passkeys, account } = await passkeyHolder(place);
    const { client } = place;
    const ask = async () => {
      const asked = await client.send('POST', '/v1/auth/passkey/options', { body: {} });
      return expectStatus<{ loginId: string; options: Parameters<typeof passkeys.get>[0] }>(asked, 200);
    };
    const verify = (loginId: string, response: object) =>
      client.send('POST', '/v1/auth/passkey/verify', { body: { loginId, response } });
    const denied = [401, 'auth.credentials.invalid'];

    const { loginId, options } = await ask();
    const right = passkeys.get(options, client.origin);
    expect((await verify(loginId, right)).status).toBe(200);
    expect(codeOf(await verify(loginId, right))).toEqual([401, 'auth.login.invalid']);
    const replayed = await ask();
    expect(codeOf(await verify(replayed.loginId, right))).toEqual(denied);
    const phished = await ask();
    expect(codeOf(await verify(phished.loginId, passkeys.get(phished.options, 'https://bank.example.evil')))).toEqual(
      denied,
    );
    const stranger = newPhone();
    const nobody = await ask();
    const user = { id: Buffer.from('nobody').toString('base64url') };
    stranger.create({ ...nobody.options, rp: { id: nobody.options.rpId ?? '' }, user }, client.origin);
    expect(codeOf(await verify(nobody.loginId, stranger.get(nobody.options, client.origin)))).toEqual(denied);

    await asOwner(it.stack.owners.auth, (db) =>
      db.query(`update auth.users set status = 'suspended' where id = $1`, [account.userId]),
    );
    const stopped = await ask();
    expect(codeOf(await verify(stopped.loginId, passkeys.get(stopped.options, client.origin)))).toEqual(denied);
  });
});

describe('SR-72 staff', () => {
  test('sign in with a passkey alone, each at their own listener', { timeout: 60_000 }, async () => {
    const { account, passkeys } = await passkeyHolder(place);
    await giveRoles(it.stack, account, ['customer', 'compliance']);
    const { accessToken } = await signInAtConsole(it.stack, passkeys, account);
    expectStatus(await staff.send('GET', '/v1/admin/approvals', { token: accessToken }), 200);
    const customer = await signInWithPasskey(place.client, passkeys);
    expectStatus(await staff.send('GET', '/v1/admin/approvals', { token: customer.accessToken }), 401);
  });

  test('with an authenticator app alone enrol a passkey and nothing else', { timeout: 120_000 }, async () => {
    const { account, tokens } = await enrollingStaff(it.stack, place);
    const { accessToken: token, audience } = tokens;
    expect(audience).toBe('enrolment');
    expectStatus(await staff.send('GET', '/v1/admin/approvals', { token }), 401);
    expectStatus(await staff.send('GET', '/v1/auth/me', { token }), 401);

    const passkeys = newPhone();
    await enrolPasskey(staff, token, passkeys);
    await staff.sendUntil(({ status }) => status === 401, 5_000, 'GET', '/v1/auth/session', { token });
    const { accessToken } = await signInAtConsole(it.stack, passkeys, account);
    expectStatus(
      await staff.send('GET', '/v1/admin/users/00000000-0000-7000-8000-000000000000', { token: accessToken }),
      404,
    );
  });
});
