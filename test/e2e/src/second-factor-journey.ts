import assert from 'node:assert/strict';
import { Authenticator } from '@bank/test-bed';
import { type Account, type Place, signIn, type Tokens } from '#account.ts';
import { type Exchange, expectStatus } from '#client.ts';
import { nameDevice, trustDevice } from '#device-journey.ts';
import { waitForMessage } from '#inbox.ts';

type Journey = Required<Place>;

interface Pending {
  readonly status: string;
  readonly loginId: string;
  readonly factors: readonly { id: string; type: string }[];
}

const appearsWithinMs = 5_000;

/**
 * Enrol an authenticator app, be refused what needs it, step up, sign out, sign in with both halves, and once by a recovery
 * code. Gives the access token of that last session. @throws AssertionError naming the step that went another way
 */
export async function secondFactorJourney(options: Journey, account: Account): Promise<string> {
  const { client, announce, inboxUrl } = options;
  announce('Sign in: no second factor yet, so the password is enough');
  const first = await signIn(options, account);
  await nameDevice(options, account, first.accessToken);

  const { app, factorId } = await enrol(options, first.accessToken);
  const { accessToken, codes } = await stepUpForRecoveryCodes(options, first.accessToken, { app, factorId });

  announce('Sign out');
  expectStatus(await client.send('POST', '/v1/auth/logout', { token: accessToken }), 204);
  const code = await signInWithCode(options, account, app);
  const token = await refuseSpentCode(options, account, { code, recoveryCode: codes[0] ?? '' });
  await trustDevice(options, account, token);

  announce('And the user is told of all of it');
  const notice = await waitForMessage(inboxUrl, account.email, 'recovery-code-used');
  announce(`In the inbox: "${notice.subject}"`);
  return token;
}

function login({ client }: Journey, { email, password, device }: Account): Promise<Exchange> {
  return client.send('POST', '/v1/auth/login', {
    body: { identifier: email, password, device: { secret: device.secret } },
  });
}

async function enrol({ client, announce }: Journey, token: string) {
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
  { client, announce }: Journey,
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
async function signInWithCode(options: Journey, account: Account, app: Authenticator): Promise<string> {
  const { client, announce } = options;
  announce('Sign in again: the password is only the first half now');
  const { status, loginId, factors } = expectStatus<Pending>(await login(options, account), 200);
  assert.equal(status, 'mfa_required');
  const asked = await client.send('POST', '/v1/auth/login/challenge', { body: { loginId, factorId: factors[0]?.id } });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);

  announce('The code is the second');
  const code = await app.nextCode();
  const device = { secret: account.device.secret };
  const verified = await client.send('POST', '/v1/auth/login/verify', {
    body: { loginId, challengeId, response: { code }, device },
  });
  assert.equal(expectStatus<Tokens>(verified, 200).acr, 'aal2');
  return code;
}

async function refuseSpentCode(
  options: Journey,
  account: Account,
  { code, recoveryCode }: { code: string; recoveryCode: string },
): Promise<string> {
  const { client, announce } = options;
  announce('Somebody who saw that code comes too late: it is spent');
  const { loginId, factors } = expectStatus<Pending>(await login(options, account), 200);
  const asked = await client.send('POST', '/v1/auth/login/challenge', { body: { loginId, factorId: factors[0]?.id } });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);
  const replayed = { loginId, challengeId, response: { code } };
  expectStatus(await client.send('POST', '/v1/auth/login/verify', { body: replayed }), 401);

  announce('The phone is lost: a recovery code stands in for it, once');
  const device = { secret: account.device.secret };
  const recovered = await client.send('POST', '/v1/auth/login/verify', { body: { loginId, recoveryCode, device } });
  const { acr, accessToken } = expectStatus<Tokens>(recovered, 200);
  assert.equal(acr, 'aal2');
  return accessToken;
}
