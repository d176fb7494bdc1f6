import type { Stack } from '@bank/scripts/stack';
import { Authenticator } from '@bank/test-bed';
import type { SoftwareAuthenticator } from '@bank/testing/webauthn';
import { type Account, type Place, registerAccount, type Tokens } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { enrolPasskey, newPhone, signInWithPasskey } from '#passkeys.ts';
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

/** Somebody who registered and enrolled a passkey. */
export interface Holder {
  readonly account: Account;
  readonly factorId: string;
  readonly passkeys: SoftwareAuthenticator;
}

export async function passkeyHolder(place: Place): Promise<Holder> {
  const account = await registerAccount(place);
  const passkeys = newPhone();
  return { account, passkeys, factorId: await enrolPasskey(place.client, account.accessToken, passkeys) };
}

/** A member of staff who signed in at the console with their passkey. */
export async function staffMember(stack: Stack, place: Place, role: StaffRole): Promise<Person> {
  const { account, factorId, passkeys } = await passkeyHolder(place);
  await giveRoles(stack, account, [role]);
  const { accessToken, sessionId } = await signInAtConsole(stack, passkeys, account);
  return { account, factorId, token: accessToken, sessionId };
}

/** As approvals would, without the two people that those take. */
export async function giveRoles(stack: Stack, { userId }: Account, roles: readonly string[]): Promise<void> {
  await asOwner(stack.owners.auth, (client) =>
    client.query('update auth.users set roles = $2 where id = $1', [userId, roles]),
  );
}

/** Signs in on the staff listener with a passkey, as the console does, on the account's own device. */
export function signInAtConsole(stack: Stack, passkeys: SoftwareAuthenticator, { device }: Account): Promise<Tokens> {
  const page = new GatewayClient(stack.addresses.staff);
  return signInWithPasskey(page, passkeys, { clientId: 'staff-console', device: { secret: device.secret } });
}

/** A member of staff who has an authenticator app alone, and what they get for it at the console. */
export interface Enrolling extends Enrolled {
  readonly tokens: Tokens;
}

/** Signs somebody in at the console who has no passkey: their access token is good for enrolling a factor alone. */
export async function enrollingStaff(stack: Stack, place: Place): Promise<Enrolling> {
  const { account, factorId, app } = await enrolled(place);
  await giveRoles(stack, account, ['support']);
  const page = new GatewayClient(stack.addresses.staff);
  const headers = { origin: page.origin };
  const clientId = 'staff-console';
  const { email: identifier, password } = account;
  const login = await page.send('POST', '/v1/auth/login', { headers, body: { identifier, password, clientId } });
  const { loginId } = expectStatus<{ loginId: string }>(login, 200);
  const asked = await page.send('POST', '/v1/auth/login/challenge', { body: { loginId, factorId } });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);
  const body = { loginId, challengeId, clientId, response: { code: await app.nextCode() } };
  const verified = await page.send('POST', '/v1/auth/login/verify', { headers, body });
  return { account, factorId, app, tokens: expectStatus<Tokens>(verified, 200) };
}

/** Somebody who registered and enrolled an authenticator app. */
async function enrolled(place: Place): Promise<Enrolled> {
  const account = await registerAccount(place);
  const { client } = place;
  const token = account.accessToken;
  const isThere = ({ status }: { status: number }) => status === 201;
  const begun = await client.sendUntil(isThere, 10_000, 'POST', '/v1/mfa/totp', { token, body: { label: 'Phone' } });
  const { factorId, secret } = expectStatus<{ factorId: string; secret: string }>(begun, 201);
  const app = new Authenticator(secret);
  const body = { code: await app.nextCode() };
  expectStatus(await client.send('POST', `/v1/mfa/totp/${factorId}/confirm`, { token, body }), 200);
  return { account, factorId, app };
}
