import { until } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Account, type Place, registerAccount, signIn, type Tokens } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { codeIn, waitForMessage } from '#inbox.ts';
import { sharedStack } from '#test-stack.ts';
import { customer } from './support/people.ts';

const it = sharedStack();
let place: Place;

beforeAll(() => {
  const { addresses } = it.stack;
  place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
});

interface History {
  readonly items: readonly { outcome: string; deviceId: string | null; current: boolean }[];
}

/** Signs in on a device that is new to the account, by a secret that names none; the tokens hold what it was given. */
function signInElsewhere(account: Account): Promise<Tokens> {
  return signIn(place, { ...account, device: { id: '', secret: 'dv_of_nobody' } });
}

describe('SR-46, SR-47: a device that its user removes', () => {
  test('is signed out in every service within a second, and new when it comes again', { timeout: 60_000 }, async () => {
    const { client, inboxUrl } = place;
    const account = await registerAccount(place);
    const { accessToken: token } = account;
    const lost = await signInElsewhere(account);
    const path = `/v1/devices/${lost.device?.id}`;
    const found = await client.sendUntil(({ status }) => status === 200, 5_000, 'GET', path, { token });
    await waitForMessage(inboxUrl, account.email, 'new-device');
    const doors = ['/v1/auth/session', '/v1/profile', '/v1/mfa/factors', '/v1/devices'];
    for (const door of doors) {
      await client.sendUntil(({ status }) => status === 200, 5_000, 'GET', door, { token: lost.accessToken });
    }

    const headers = { 'if-match': found.headers.get('etag') ?? '' };
    expectStatus(await client.send('DELETE', path, { token, headers }), 204);
    const removedAt = performance.now();
    const delaysMs = await Promise.all(
      doors.map(async (door) => {
        await client.sendUntil(({ status }) => status === 401, 5_000, 'GET', door, { token: lost.accessToken });
        return performance.now() - removedAt;
      }),
    );
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(1000);
    expectStatus(
      await client.send('POST', '/v1/auth/token/refresh', { body: { refreshToken: lost.refreshToken } }),
      401,
    );
    expectStatus(await client.send('GET', '/v1/auth/session', { token }), 200);
    await waitForMessage(inboxUrl, account.email, 'device-removed');

    // auth forgets the secret by an event, which takes a moment.
    await expect
      .poll(async () => (await signIn(place, { ...account, device: lost.device ?? account.device })).device?.id, {
        timeout: 10_000,
      })
      .not.toBe(lost.device?.id);
    const history = await client.send('GET', '/v1/devices/sign-ins', { token });
    const { items } = expectStatus<History>(history, 200);
    expect(items).toContainEqual(expect.objectContaining({ outcome: 'succeeded', deviceId: lost.device?.id }));
    expect(items.filter(({ current }) => current)).toHaveLength(1);
  });
});

describe('SR-31: a password that somebody has stolen', () => {
  test('brings the thief no factor: on a device that is not known a code by mail comes first', async () => {
    const { client, inboxUrl } = place;
    const account = await registerAccount(place);
    // While the device service is busy a code is asked for at the sign-in already.
    const stolen = await until(async () => {
      const { accessToken: token, sessionId } = await signInElsewhere(account);
      const { amr } = expectStatus<{ amr: string[] }>(await client.send('GET', '/v1/auth/session', { token }), 200);
      return amr.length === 1 ? { token, sessionId } : undefined;
    });
    const enrol = (token: string) => client.send('POST', '/v1/mfa/totp', { token, body: {} });
    const stepUp = (token: string, body: object) => client.send('POST', '/v1/auth/step-up/verify', { token, body });
    const { token, sessionId } = stolen;
    const { password } = account;
    expectStatus(await enrol(token), 403);
    expectStatus(await stepUp(token, { password }), 403);

    const since = new Date();
    const body = { factorId: sessionId };
    expectStatus(await client.send('POST', '/v1/auth/step-up/challenge', { token, body }), 200);
    const code = codeIn(await waitForMessage(inboxUrl, account.email, 'step-up-code', { since }));
    const proven = expectStatus<Tokens>(await stepUp(token, { password, code }), 200);
    expectStatus(await enrol(proven.accessToken), 201);
  });
});

describe('SR-35: a device that its user trusts', () => {
  const isThere = ({ status }: { status: number }) => status === 200;

  /** What a password opens there: a session, or nothing before a factor is proved. */
  async function opensOn({ email, password }: Account, secret: string): Promise<string | undefined> {
    const body = { identifier: email, password, device: { secret } };
    return expectStatus<Partial<Tokens>>(await place.client.send('POST', '/v1/auth/login', { body }), 200).acr;
  }

  test('stands for the second factor, that device alone, until the password changes', { timeout: 60_000 }, async () => {
    const { client } = place;
    const { account, token } = await customer(place);
    const { id, secret } = account.device;
    expect(await opensOn(account, secret)).toBeUndefined();
    await client.sendUntil(isThere, 5_000, 'GET', `/v1/devices/${id}`, { token });
    expectStatus(await client.send('POST', `/v1/devices/${id}/trust`, { token }), 200);
    // The device service may be too busy to say so; a factor is asked for then.
    await expect.poll(() => opensOn(account, secret), { timeout: 10_000 }).toBe('aal1');
    expect(await opensOn(account, 'dv_of_nobody')).toBeUndefined();

    const changed = { ...account, password: `${account.password} once more` };
    const body = { currentPassword: account.password, newPassword: changed.password };
    expectStatus(await client.send('POST', '/v1/auth/password/change', { token, body }), 204);
    expect(await opensOn(changed, secret)).toBeUndefined();
  });
});
