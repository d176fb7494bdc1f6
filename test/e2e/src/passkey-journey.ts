import assert from 'node:assert/strict';
import type { RequestOptions, SoftwareAuthenticator } from '@bank/testing/webauthn';
import { type Account, type Place, registerAccount, type Tokens } from '#account.ts';
import { expectStatus, type GatewayClient } from '#client.ts';
import { enrolPasskey, newPhone, signInWithPasskey } from '#passkeys.ts';

/**
 * Enrol a passkey, sign in with it and nothing else, and step up with it. Gives who did, with a session at `aal2`.
 * @throws AssertionError naming the step that went another way
 */
export async function passkeyJourney(
  options: Required<Place>,
): Promise<{ account: Account; passkeys: SoftwareAuthenticator; token: string }> {
  const { client, announce } = options;
  announce('Another user enrols a passkey');
  const account = await registerAccount({ client, inboxUrl: options.inboxUrl });
  const passkeys = newPhone();
  const factorId = await enrolPasskey(client, account.accessToken, passkeys);

  announce('Sign in with it alone: no name, no password, and what was asked names nobody');
  const signedIn = await signInWithPasskey(client, passkeys, { device: { secret: account.device.secret } });
  assert.deepEqual([signedIn.acr, claimsOf(signedIn.accessToken)['amr']], ['aal2', ['swk', 'user', 'mfa']]);
  assert.equal(claimsOf(signedIn.accessToken)['sub'], account.userId);

  announce('Step up with it');
  const token = await stepUpWithPasskey(client, signedIn.accessToken, passkeys, factorId);
  return { account, passkeys, token };
}

/** Steps a session up with a passkey. Gives its new access token. @throws AssertionError */
async function stepUpWithPasskey(
  client: GatewayClient,
  token: string,
  passkeys: SoftwareAuthenticator,
  factorId: string,
): Promise<string> {
  const asked = await client.send('POST', '/v1/auth/step-up/challenge', { token, body: { factorId } });
  const { challengeId, options } = expectStatus<{ challengeId: string; options: RequestOptions }>(asked, 200);
  const body = { challengeId, response: passkeys.get(options, client.origin) };
  const stepped = await client.send('POST', '/v1/auth/step-up/verify', { token, body });
  const { acr, accessToken } = expectStatus<Tokens>(stepped, 200);
  assert.equal(acr, 'aal2');
  return accessToken;
}

/** What an access token says. */
function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
