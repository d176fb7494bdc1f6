import { randomBytes } from 'node:crypto';
import type { Stack } from '@bank/scripts/stack';
import { type Account, freshEmail, type Place, registerAccount, type Tokens } from '#account.ts';
import { Authenticator } from '#authenticator.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { activationLink, activationTokenOf } from '#operator.ts';
import { asOwner } from './database.ts';

/** Somebody who has signed in with an authenticator app a moment ago. */
export interface Person {
  readonly account: Account;
  readonly factorId: string;
  readonly token: string;
  readonly sessionId: string;
}

export const staffRoles = ['support', 'compliance', 'admin'] as const;
export type StaffRole = (typeof staffRoles)[number];

export interface Enrolled {
  readonly account: Account;
  readonly factorId: string;
  /** In base32. */
  readonly secret: string;
  readonly app: Authenticator;
}

/** A customer at `aal2`, authenticated now. */
export async function customer(place: Place): Promise<Person> {
  const { account, factorId, app } = await enrolled(place);
  const { client } = place;
  const asked = await client.send('POST', '/v1/auth/step-up/challenge', {
    token: account.accessToken,
    body: { factorId },
  });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);
  const body = { challengeId, response: { code: await app.nextCode() } };
  const answer = await client.send('POST', '/v1/auth/step-up/verify', { token: account.accessToken, body });
  const { accessToken, sessionId } = expectStatus<Tokens>(answer, 200);
  return { account, factorId, token: accessToken, sessionId };
}

/** A member of staff who signed in at the console with both halves. */
export async function staffMember(stack: Stack, place: Place, role: StaffRole): Promise<Person> {
  const { account, factorId, app } = await enrolled(place);
  await giveRoles(stack, account, [role]);
  const { accessToken, sessionId } = await signInAtConsole(stack, account, app);
  return { account, factorId, token: accessToken, sessionId };
}

/** As approvals would, without the two people that those take. */
export async function giveRoles(stack: Stack, { userId }: Account, roles: readonly string[]): Promise<void> {
  await asOwner(stack.owners.auth, (client) =>
    client.query('update auth.users set roles = $2 where id = $1', [userId, roles]),
  );
}

/** Signs in on the staff listener, as the console does. */
export function signInAtConsole(stack: Stack, account: Account, app: Authenticator): Promise<Tokens> {
  const headers = { origin: stack.addresses.staff };
  return signInWithApp(new GatewayClient(stack.addresses.staff), account, app, { clientId: 'staff-console', headers });
}

/** Signs in with password and authenticator app, on the account's own device. */
export async function signInWithApp(
  client: GatewayClient,
  { email, password, device }: Account,
  app: Authenticator,
  { clientId, headers = {} }: { clientId: string; headers?: Record<string, string> },
): Promise<Tokens> {
  const common = { clientId, device: { secret: device.secret } };
  // A machine that is busy with the whole stack may leave mfa no time to answer; then nothing was decided.
  const isDecided = ({ status }: { status: number }) => status !== 503;
  const send = (step: string, body: object) =>
    client.sendUntil(isDecided, 20_000, 'POST', `/v1/auth/login${step}`, { headers, body });
  const login = await send('', { identifier: email, password, ...common });
  const { loginId, factors } = expectStatus<{ loginId: string; factors: { id: string }[] }>(login, 200);
  const asked = await send('/challenge', { loginId, factorId: factors[0]?.id });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);
  const response = { code: await app.nextCode() };
  return expectStatus<Tokens>(await send('/verify', { loginId, challengeId, response, ...common }), 200);
}

/** Makes the codes of the last minute good again, so that nobody has to wait for the next ones. */
export async function forgetSteps(stack: Stack, factorId: string): Promise<void> {
  await asOwner(stack.owners.mfa, (client) =>
    client.query('update mfa.factors set last_step = 0 where id = $1', [factorId]),
  );
}

/** The access token of somebody who has just used his activation link: good for enrolling a factor alone. */
export async function enrolmentToken(stack: Stack): Promise<string> {
  const activationToken = activationTokenOf(await activationLink(stack.addresses, freshEmail()));
  const body = { activationToken, password: `correct horse ${randomBytes(6).toString('hex')}` };
  const { staff } = stack.addresses;
  const answer = await new GatewayClient(staff).send('POST', '/v1/auth/activate', { body, headers: { origin: staff } });
  return expectStatus<Tokens>(answer, 200).accessToken;
}

/** Somebody who registered and enrolled an authenticator app. */
export async function enrolled(place: Place): Promise<Enrolled> {
  const account = await registerAccount(place);
  const { client } = place;
  const token = account.accessToken;
  const isThere = ({ status }: { status: number }) => status === 201;
  const begun = await client.sendUntil(isThere, 10_000, 'POST', '/v1/mfa/totp', { token, body: { label: 'Phone' } });
  const { factorId, secret } = expectStatus<{ factorId: string; secret: string }>(begun, 201);
  const app = new Authenticator(secret);
  const body = { code: await app.nextCode() };
  expectStatus(await client.send('POST', `/v1/mfa/totp/${factorId}/confirm`, { token, body }), 200);
  return { account, factorId, secret, app };
}
