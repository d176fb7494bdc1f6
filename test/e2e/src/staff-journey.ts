import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { RequestOptions, SoftwareAuthenticator } from '@bank/testing/webauthn';
import { expectStatus, type GatewayClient } from '#client.ts';
import { activationTokenOf } from '#operator.ts';
import { enrolPasskey, newPhone } from '#passkeys.ts';

/** The staff's listener, as a browser at the console meets it. `announce` gets a line before each step. */
export interface Console {
  readonly client: GatewayClient;
  readonly origin: string;
  readonly announce?: (step: string) => void;
}

/** A member of staff with their passkeys. */
export interface StaffMember {
  readonly email: string;
  readonly password: string;
  readonly passkeys: SoftwareAuthenticator;
}

interface ConsoleTokens {
  readonly accessToken: string;
  readonly acr: string;
  readonly audience: string;
}

const appearsWithinMs = 5_000;

/**
 * Uses an activation link: a password, then a passkey, for which alone the first session is good. It is over as soon as that is
 * enrolled. @throws AssertionError naming the step that went another way
 */
export async function becomeStaff(place: Console, email: string, activationUrl: string): Promise<StaffMember> {
  const { client, announce } = place;
  const activationToken = activationTokenOf(activationUrl);
  const password = `correct horse ${randomBytes(6).toString('hex')}`;
  announce?.('Activate: a password is chosen; the session is good for enrolling a passkey and nothing else');
  const body = { activationToken, password };
  const activated = await client.send('POST', '/v1/auth/activate', { body, headers: { origin: place.origin } });
  const { accessToken: token, audience } = expectStatus<ConsoleTokens>(activated, 200);
  assert.equal(audience, 'enrolment');
  expectStatus(await client.send('GET', '/v1/auth/me', { token }), 401);

  announce?.('Enrol a passkey');
  const passkeys = newPhone();
  await enrolPasskey(client, token, passkeys);

  announce?.('With that the session is over');
  await client.sendUntil(({ status }) => status === 401, appearsWithinMs, 'GET', '/v1/auth/session', { token });
  return { email, password, passkeys };
}

/** Signs a member of staff in with password and passkey. Gives the access token. @throws AssertionError */
export async function signInAtConsole(place: Console, member: StaffMember): Promise<string> {
  const { client, origin, announce } = place;
  const { email: identifier, password, passkeys } = member;
  const clientId = 'staff-console';
  announce?.('Staff sign in at the console, always with a passkey');
  const login = await client.send('POST', '/v1/auth/login', {
    body: { identifier, password, clientId },
    headers: { origin },
  });
  const { loginId, factors } = expectStatus<{ loginId: string; factors: { id: string; type: string }[] }>(login, 200);
  assert.equal(factors[0]?.type, 'webauthn');
  const asked = await client.send('POST', '/v1/auth/login/challenge', { body: { loginId, factorId: factors[0].id } });
  const { challengeId, options } = expectStatus<{ challengeId: string; options: RequestOptions }>(asked, 200);
  const body = { loginId, challengeId, clientId, response: passkeys.get(options, origin) };
  const verified = await client.send('POST', '/v1/auth/login/verify', { body, headers: { origin } });
  const { accessToken, acr, audience } = expectStatus<ConsoleTokens>(verified, 200);
  assert.deepEqual([acr, audience], ['aal2', 'user-service-staff']);
  return accessToken;
}
