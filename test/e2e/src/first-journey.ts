import assert from 'node:assert/strict';
import { type Place, registerAccount, signIn, type Tokens } from '#account.ts';
import { type Exchange, expectStatus, type GatewayClient } from '#client.ts';
import { waitForMessage } from '#inbox.ts';
import { secondFactorJourney } from '#second-factor-journey.ts';
import type { Customer } from '#staff-acts-journey.ts';

/** Routes of every app that a customer's access token opens. */
const customerRoutes = ['/v1/auth/session', '/v1/profile', '/v1/mfa/factors', '/v1/devices'];
const appearsWithinMs = 5_000;
const revokedWithinMs = 1_000;

/**
 * Register, verify, profile, change it, sign out everywhere, sign in, refresh, what happens to a stolen refresh token, and
 * the same user with a second factor. Gives the user with a session at `aal2`. @throws AssertionError naming the step that went another way
 */
export async function firstJourney(place: Required<Place>): Promise<Customer> {
  const { client, inboxUrl, announce } = place;
  const account = await registerAccount(place, { device: { platform: 'web', model: 'tour' } });

  announce('Who am I');
  const me = await client.send('GET', '/v1/auth/me', { token: account.accessToken });
  assert.equal(expectStatus<{ email: string }>(me, 200).email, account.email);

  await profileAppearsAndChanges(client, announce, account.accessToken);
  await signOutEverywhere(client, announce, account.accessToken);

  announce('Sign in again, on the known device');
  const second = await signIn(place, account);

  await replayEndsTheSession(client, announce, second, account.device.secret);

  announce('And the user is told');
  const alert = await waitForMessage(inboxUrl, account.email, 'refresh-token-reuse');
  announce(`In the inbox: "${alert.subject}"`);

  return { account, token: await secondFactorJourney(place, account) };
}

async function profileAppearsAndChanges(
  client: GatewayClient,
  announce: Required<Place>['announce'],
  token: string,
): Promise<void> {
  announce('The profile appears, by event');
  const isThere = (exchange: Exchange) => exchange.status === 200;
  const profile = await client.sendUntil(isThere, appearsWithinMs, 'GET', '/v1/profile', { token });
  const etag = profile.headers.get('etag');
  assert(etag, 'a profile has an ETag');

  announce('Change it, saying which version was seen');
  const patch = { givenName: 'Ada', familyName: 'Lovelace', nationality: 'GB' };
  const changed = await client.send('PATCH', '/v1/profile', { token, body: patch, headers: { 'if-match': etag } });
  expectStatus(changed, 200);
  assert.notEqual(changed.headers.get('etag'), etag, 'a change makes a new version');

  announce('The version seen before is stale now');
  const stale = await client.send('PATCH', '/v1/profile', {
    token,
    body: { givenName: 'Grace' },
    headers: { 'if-match': etag },
  });
  expectStatus(stale, 412);
}

async function signOutEverywhere(
  client: GatewayClient,
  announce: Required<Place>['announce'],
  token: string,
): Promise<void> {
  announce('Sign out');
  expectStatus(await client.send('POST', '/v1/auth/logout', { token }), 204);

  announce('Within a second the access token opens nothing, in any service');
  const isRefused = (exchange: Exchange) => exchange.status === 401;
  await Promise.all(
    customerRoutes.map((route) => client.sendUntil(isRefused, revokedWithinMs, 'GET', route, { token })),
  );
}

async function replayEndsTheSession(
  client: GatewayClient,
  announce: Required<Place>['announce'],
  tokens: Tokens,
  deviceSecret: string,
): Promise<void> {
  const device = { secret: deviceSecret };
  const refresh = (refreshToken: string) =>
    client.send('POST', '/v1/auth/token/refresh', { body: { refreshToken, device } });

  announce('Refresh: the token is used up and a new one comes');
  const second = expectStatus<Tokens>(await refresh(tokens.refreshToken), 200);
  expectStatus(await client.send('GET', '/v1/auth/session', { token: second.accessToken }), 200);

  announce('Use the new one');
  const third = expectStatus<Tokens>(await refresh(second.refreshToken), 200);

  announce('Somebody replays the old one: the session ends');
  expectStatus(await refresh(tokens.refreshToken), 401);
  expectStatus(await refresh(third.refreshToken), 401);
  const isRefused = (exchange: Exchange) => exchange.status === 401;
  await client.sendUntil(isRefused, revokedWithinMs, 'GET', '/v1/auth/session', { token: third.accessToken });
}
