import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Authenticator } from '#authenticator.ts';
import { type Exchange, expectStatus, type GatewayClient } from '#client.ts';
import { activationTokenOf } from '#operator.ts';

/** The staff's listener, as a browser at the console meets it. `announce` gets a line before each step. */
export interface Console {
  readonly client: GatewayClient;
  readonly origin: string;
  readonly announce?: (step: string) => void;
}

/** A member of staff with his authenticator app. */
export interface StaffMember {
  readonly email: string;
  readonly password: string;
  readonly app: Authenticator;
}

interface ConsoleTokens {
  readonly accessToken: string;
  readonly acr: string;
  readonly audience: string;
}

const appearsWithinMs = 5_000;

/**
 * Uses an activation link: a password, then an authenticator app, for which alone the first session is good. It is over as
 * soon as the app is confirmed. @throws AssertionError naming the step that went another way
 */
export async function becomeStaff(place: Console, email: string, activationUrl: string): Promise<StaffMember> {
  const { client, announce } = place;
  const activationToken = activationTokenOf(activationUrl);
  const password = `correct horse ${randomBytes(6).toString('hex')}`;
  announce?.('Activate: a password is chosen; the session is good for enrolling a second factor and nothing else');
  const body = { activationToken, password };
  const activated = await client.send('POST', '/v1/auth/activate', { body, headers: { origin: place.origin } });
  const { accessToken: token, audience } = expectStatus<ConsoleTokens>(activated, 200);
  assert.equal(audience, 'enrolment');
  expectStatus(await client.send('GET', '/v1/auth/me', { token }), 401);

  announce?.('Enrol an authenticator app, and confirm it');
  const isThere = ({ status }: Exchange) => status === 201;
  const begun = await client.sendUntil(isThere, appearsWithinMs, 'POST', '/v1/mfa/totp', { token, body: {} });
  const { factorId, secret } = expectStatus<{ factorId: string; secret: string }>(begun, 201);
  const app = new Authenticator(secret);
  const confirmation = { token, body: { code: await app.nextCode() } };
  expectStatus(await client.send('POST', `/v1/mfa/totp/${factorId}/confirm`, confirmation), 200);

  announce?.('With that the session is over');
  await client.sendUntil(({ status }) => status === 401, appearsWithinMs, 'GET', '/v1/auth/session', { token });
  return { email, password, app };
}

/** Signs a member of staff in with password and app. Gives the access token. @throws AssertionError */
export async function signInAtConsole(place: Console, member: StaffMember): Promise<string> {
  const { client, origin, announce } = place;
  const { email: identifier, password, app } = member;
  const clientId = 'staff-console';
  announce?.('Staff sign in at the console, always with the second factor');
  const login = await client.send('POST', '/v1/auth/login', {
    body: { identifier, password, clientId },
    headers: { origin },
  });
  const { loginId, factors } = expectStatus<{ loginId: string; factors: { id: string; type: string }[] }>(login, 200);
  assert.equal(factors[0]?.type, 'totp');
  const asked = await client.send('POST', '/v1/auth/login/challenge', { body: { loginId, factorId: factors[0].id } });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);
  const body = { loginId, challengeId, clientId, response: { code: await app.nextCode() } };
  const verified = await client.send('POST', '/v1/auth/login/verify', { body, headers: { origin } });
  const { accessToken, acr, audience } = expectStatus<ConsoleTokens>(verified, 200);
  assert.deepEqual([acr, audience], ['aal2', 'user-service-staff']);
  return accessToken;
}
