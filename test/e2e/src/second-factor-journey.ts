import assert from 'node:assert/strict';
import { Authenticator } from '#authenticator.ts';
import type { Exchange } from '#client.ts';
import { waitForMessage } from '#inbox.ts';
import { expectStatus, type JourneyOptions, type Tokens } from '#journey.ts';
import { type Person, presentPassword, type SecondHalf, signIn } from '#sign-in.ts';

const appearsWithinMs = 5_000;

/**
 * Enrol an authenticator app, be refused what needs it, step up, sign out, sign in with both halves, and once by a recovery
 * code. @throws AssertionError naming the step that went another way
 */
export async function secondFactorJourney(options: JourneyOptions, person: Person): Promise<void> {
  const { client, announce, inboxUrl } = options;
  announce('Sign in: no second factor yet, so the password is enough');
  const first = await signIn(options, person);

  const { app, factorId } = await enrol(options, first.accessToken);
  const { accessToken, codes } = await stepUpForRecoveryCodes(options, first.accessToken, { app, factorId });

  announce('Sign out');
  expectStatus(await client.send('POST', '/v1/auth/logout', { token: accessToken }), 204);
  const code = await signInWithCode(options, person, app);
  await refuseSpentCode(options, person, { code, recoveryCode: codes[0] ?? '' });

  announce('And the user is told of all of it');
  const notice = await waitForMessage(inboxUrl, person.email, 'recovery-code-used');
  announce(`In the inbox: "${notice.subject}"`);
}

async function enrol({ client, announce }: JourneyOptions, token: string) {
  announce('Enrol an authenticator app: its secret is shown this once');
  const isThere = (exchange: Exchange) => exchange.status === 201;
  const begun = await client.sendUntil(isThere, appearsWithinMs, 'POST', '/v1/mfa/totp', {
    token,
    body: { label: 'My phone' },
  });
  const { factorId, secret } = expectStatus<{ factorId: string; secret: string }>(begun, 201);
  const app = new Authenticator(secret);

  announce('Confirm it with its first code: from now on it is asked for');
  const body = { code: await app.nextCode() };
  expectStatus(await client.send('POST', `/v1/mfa/totp/${factorId}/confirm`, { token, body }), 200);
  return { app, factorId };
}

async function stepUpForRecoveryCodes(
  { client, announce }: JourneyOptions,
  token: string,
  { app, factorId }: { app: Authenticator; factorId: string },
) {
  announce('Recovery codes need a fresh second factor, and this session has none: the answer says what would do');
  const refused = await client.send('POST', '/v1/mfa/recovery-codes', { token });
  const problem = expectStatus<{ code: string; acr: string; maxAgeSeconds: number }>(refused, 403);
  assert.deepEqual([problem.code, problem.acr, problem.maxAgeSeconds], ['auth.step_up.required', 'aal2', 300]);

  announce('Step up: the same session, at aal2, authenticated now');
  const asked = await client.send('POST', '/v1/auth/step-up/challenge', { token, body: { factorId } });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);
  const body = { challengeId, response: { code: await app.nextCode() } };
  const tokens = expectStatus<Tokens>(await client.send('POST', '/v1/auth/step-up/verify', { token, body }), 200);
  assert.equal(tokens.acr, 'aal2');

  announce('Now there are recovery codes, shown this once');
  const generated = await client.send('POST', '/v1/mfa/recovery-codes', { token: tokens.accessToken });
  const { codes } = expectStatus<{ codes: string[] }>(generated, 201);
  return { accessToken: tokens.accessToken, codes };
}

/** Gives the code that signed in. */
async function signInWithCode(options: JourneyOptions, person: Person, app: Authenticator): Promise<string> {
  const { client, announce } = options;
  announce('Sign in again: the password is only the first half now');
  const { status, loginId, factors } = expectStatus<SecondHalf>(await presentPassword(options, person), 200);
  assert.equal(status, 'mfa_required');
  const asked = await client.send('POST', '/v1/auth/login/challenge', { body: { loginId, factorId: factors[0].id } });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);

  announce('The code is the second');
  const code = await app.nextCode();
  const device = { secret: person.deviceSecret };
  const verified = await client.send('POST', '/v1/auth/login/verify', {
    body: { loginId, challengeId, response: { code }, device },
  });
  assert.equal(expectStatus<Tokens>(verified, 200).acr, 'aal2');
  return code;
}

async function refuseSpentCode(
  options: JourneyOptions,
  person: Person,
  { code, recoveryCode }: { code: string; recoveryCode: string },
): Promise<void> {
  const { client, announce } = options;
  announce('Somebody who saw that code comes too late: it is spent');
  const { loginId, factors } = expectStatus<SecondHalf>(await presentPassword(options, person), 200);
  const asked = await client.send('POST', '/v1/auth/login/challenge', { body: { loginId, factorId: factors[0].id } });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);
  const replayed = { loginId, challengeId, response: { code } };
  expectStatus(await client.send('POST', '/v1/auth/login/verify', { body: replayed }), 401);

  announce('The phone is lost: a recovery code stands in for it, once');
  const device = { secret: person.deviceSecret };
  const recovered = await client.send('POST', '/v1/auth/login/verify', { body: { loginId, recoveryCode, device } });
  assert.equal(expectStatus<Tokens>(recovered, 200).acr, 'aal2');
}
