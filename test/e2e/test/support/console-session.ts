import assert from 'node:assert/strict';
import type { Stack } from '@bank/scripts/stack';
import { type Account, type Place, signIn } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { asOwner } from './database.ts';

/** A session at the console: its access token, and the cookie that renews it. */
export interface ConsoleSession {
  readonly accessToken: string;
  readonly cookie: string;
}

/** Gives a customer a role of staff beside. */
export function employ(stack: Stack, { userId }: Account, role: string): Promise<unknown> {
  return asOwner(stack.owners.auth, (client) =>
    client.query('update auth.users set roles = $2 where id = $1', [userId, ['customer', role]]),
  );
}

/**
 * A session at the console for somebody with a role of staff and without a passkey, made of one that they have as a customer.
 * How staff really sign in is a journey of its own.
 */
export async function consoleSession(stack: Stack, place: Place, account: Account): Promise<ConsoleSession> {
  const { refreshToken, sessionId } = await signIn(place, account);
  await asOwner(stack.owners.auth, (client) =>
    client.query(
      `update auth.sessions set client_id = 'staff-console', acr = 'aal2', amr = '{swk,user,mfa}' where id = $1`,
      [sessionId],
    ),
  );
  const origin = stack.addresses.staff;
  const headers = { origin, cookie: `__Secure-refresh=${refreshToken}` };
  const renewed = await new GatewayClient(origin).send('POST', '/v1/auth/token/refresh', { body: {}, headers });
  const { accessToken } = expectStatus<{ accessToken: string }>(renewed, 200);
  const cookie = renewed.headers.getSetCookie().find((one) => one.startsWith('__Secure-refresh='));
  assert.ok(cookie !== undefined, 'the console renews by a cookie');
  return { accessToken, cookie: cookie.split(';', 1)[0] ?? '' };
}
