import { randomBytes } from 'node:crypto';
import { expectStatus, type GatewayClient } from '#client.ts';
import { codeIn, waitForMessage } from '#inbox.ts';

/** What opens and renews a session. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly acr: string;
  /** `enrolment` of somebody who may do nothing but enrol a factor. */
  readonly audience?: string;
  readonly device?: { readonly id: string; readonly secret: string };
}

/** Whom a journey is about, and the device that they registered on. */
export interface Account extends Tokens {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly registrationId: string;
  readonly device: { readonly id: string; readonly secret: string };
}

/** Where people register and sign in, and where their mail arrives. `announce` gets a line before each step. */
export interface Place {
  readonly client: GatewayClient;
  readonly inboxUrl: string;
  readonly announce?: (step: string) => void;
}

/** The version of the terms that registrations accept. */
export const acceptedTerms = '2026-01';

/** An address that nobody else uses. */
export function freshEmail(): string {
  return `ada.${randomBytes(6).toString('hex')}@example.com`;
}

/** Registers a user with the code from their mail. @throws AssertionError naming the step that went another way */
export async function registerAccount(
  { client, inboxUrl, announce }: Place,
  { email = freshEmail(), device = {}, ...others }: { email?: string; phone?: string; device?: object } = {},
): Promise<Account> {
  const password = `correct horse ${randomBytes(6).toString('hex')}`;
  announce?.('Register: the answer is the same whether or not the address is taken');
  const body = { email, password, acceptedTerms, ...others };
  const started = await client.send('POST', '/v1/auth/register', { body });
  const { registrationId } = expectStatus<{ registrationId: string }>(started, 202);
  announce?.('The code comes by mail');
  const code = codeIn(await waitForMessage(inboxUrl, email, 'registration-code'));
  announce?.('Verify: the user exists, the first session opens, this device becomes known');
  const verified = await client.send('POST', '/v1/auth/register/verify', { body: { registrationId, code, device } });
  const { user, ...tokens } = expectStatus<Account & { user: { id: string } }>(verified, 201);
  return { ...tokens, userId: user.id, email, password, registrationId };
}

interface SecondHalf {
  readonly status: 'mfa_required';
  readonly loginId: string;
  readonly factors: readonly [{ readonly id: string }];
}

/** Signs in on the account's own device. @throws AssertionError when a step goes another way */
export async function signIn(place: Place, account: Account): Promise<Tokens> {
  const { client } = place;
  const { email, password, device } = account;
  const body = { identifier: email, password, device: { secret: device.secret } };
  const login = await client.send('POST', '/v1/auth/login', { body });
  const answer = expectStatus<Tokens | SecondHalf>(login, 200);
  if (!('loginId' in answer)) return answer;
  place.announce?.('The device service was too busy to vouch for the device, so a code by mail is asked');
  const { loginId, factors } = answer;
  const since = new Date();
  const challenge = await client.send('POST', '/v1/auth/login/challenge', {
    body: { loginId, factorId: factors[0].id },
  });
  const { challengeId } = expectStatus<{ challengeId: string }>(challenge, 200);
  const code = codeIn(await waitForMessage(place.inboxUrl, email, 'sign-in-code', { since }));
  const proof = { loginId, challengeId, response: { code }, device: body.device };
  return expectStatus<Tokens>(await client.send('POST', '/v1/auth/login/verify', { body: proof }), 200);
}
