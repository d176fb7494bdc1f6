import type { Stack } from '@bank/scripts/stack';
import { type Account, type Place, registerAccount, type Tokens } from '#account.ts';
import { Authenticator } from '#authenticator.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { asOwner } from '../support/database.ts';

/** Somebody who has signed in with an authenticator app a moment ago. */
export interface Person {
  readonly account: Account;
  readonly factorId: string;
  readonly token: string;
  readonly sessionId: string;
}

export const staffRoles = ['support', 'compliance', 'admin'] as const;
export type StaffRole = (typeof staffRoles)[number];

interface Enrolled {
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

/** A member of staff who signed in at the console with both halves. */
export async function staffMember(stack: Stack, place: Place, role: StaffRole): Promise<Person> {
  const { account, factorId, app } = await enrolled(place);
  await asOwner(stack.owners.auth, (client) =>
    client.query('update auth.users set roles = array[$2] where id = $1', [account.userId, role]),
  );
  const { accessToken, sessionId } = await signInAtConsole(stack, account, app);
  return { account, factorId, token: accessToken, sessionId };
}

/** Signs in on the staff listener, as the console does. */
export async function signInAtConsole(stack: Stack, account: Account, app: Authenticator): Promise<Tokens> {
  const console = new GatewayClient(stack.addresses.staff);
  const headers = { origin: stack.addresses.staff };
  const { email, password } = account;
  const common = { clientId: 'staff-console' };
  const login = await console.send('POST', '/v1/auth/login', {
    headers,
    body: { identifier: email, password, ...common },
  });
  const { loginId, factors } = expectStatus<{ loginId: string; factors: { id: string }[] }>(login, 200);
  const body = { loginId, factorId: factors[0]?.id };
  const asked = await console.send('POST', '/v1/auth/login/challenge', { headers, body });
  const { challengeId } = expectStatus<{ challengeId: string }>(asked, 200);
  const proof = { loginId, challengeId, response: { code: await app.nextCode() }, ...common };
  return expectStatus<Tokens>(await console.send('POST', '/v1/auth/login/verify', { headers, body: proof }), 200);
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
  return { account, factorId, app };
}
