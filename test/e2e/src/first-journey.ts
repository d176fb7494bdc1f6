import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Exchange, GatewayClient } from '#client.ts';
import { codeIn, waitForMessage } from '#inbox.ts';
import { expectStatus, type JourneyOptions, type Tokens } from '#journey.ts';
import { secondFactorJourney } from '#second-factor-journey.ts';
import { signIn } from '#sign-in.ts';

/** Routes of every app that a customer's access token opens. */
const customerRoutes = ['/v1/auth/session', '/v1/profile', '/v1/mfa/factors', '/v1/devices'];
const appearsWithinMs = 5_000;
const revokedWithinMs = 1_000;

/**
 * Register, verify, profile, change it, sign out everywhere, sign in, refresh, what happens to a stolen refresh token, and
 * the same user with a second factor. @throws AssertionError naming the step that went another way
 */
export async function firstJourney(options: JourneyOptions): Promise<void> {
  const { client, inboxUrl, announce } = options;
  const email = `ada.${randomBytes(4).toString('hex')}@example.com`;
  const password = `correct horse ${randomBytes(6).toString('hex')}`;

  announce('Register: the answer is the same whether or not the address is taken');
  const registered = await client.send('POST', '/v1/auth/register', {
    body: { email, password, acceptedTerms: '2026-01' },
  });
  const { registrationId } = expectStatus<{ registrationId: string }>(registered, 202);

  announce('The code comes by mail');
  const code = codeIn(await waitForMessage(inboxUrl, email, 'registration-code'));

  announce('Verify: the user exists, the first session opens, this device becomes known');
  const verified = await client.send('POST', '/v1/auth/register/verify', {
    body: { registrationId, code, device: { platform: 'web', model: 'tour' } },
  });
  const first = expectStatus<Tokens>(verified, 201);
  const device = first.device;
  assert(device, 'verifying gives a device secret');

  announce('Who am I');
  const me = await client.send('GET', '/v1/auth/me', { token: first.accessToken });
  assert.equal(expectStatus<{ email: string }>(me, 200).email, email);

  await profileAppearsAndChanges(client, announce, first.accessToken);
  await signOutEverywhere(client, announce, first.accessToken);

  announce('Sign in again, on the known device');
  const person = { email, password, deviceSecret: device.secret };
  const second = await signIn(options, person);

  await replayEndsTheSession(client, announce, second, device.secret);

  announce('And the user is told');
  const alert = await waitForMessage(inboxUrl, email, 'refresh-token-reuse');
  announce(`In the inbox: "${alert.subject}"`);

  await secondFactorJourney(options, person);
}

async function profileAppearsAndChanges(
  client: GatewayClient,
  announce: JourneyOptions['announce'],
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
  announce: JourneyOptions['announce'],
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
  announce: JourneyOptions['announce'],
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
