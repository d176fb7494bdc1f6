import assert from 'node:assert/strict';
import type { Account, Place } from '#account.ts';
import { type Exchange, expectStatus } from '#client.ts';
import type { Console } from '#staff-journey.ts';

/** A customer, and a session of theirs that is open. */
export interface Customer {
  readonly account: Account;
  readonly token: string;
}

/** The access tokens of two members of staff: what one asks for, the other decides. */
export interface Colleagues {
  readonly maker: string;
  readonly checker: string;
}

const customerRoutes = ['/v1/auth/session', '/v1/profile', '/v1/mfa/factors', '/v1/devices'];
const takesEffectWithinMs = 1_000;
const recordedWithinMs = 10_000;

/**
 * Staff look a customer up, lock and unlock the account, and reset the customer's second factors by two people; then they read
 * in the ledger that they did, and have it verified. @throws AssertionError naming the step that went another way
 */
export async function staffActsJourney(
  place: Required<Console>,
  { client, announce }: Required<Place>,
  colleagues: Colleagues,
  { account, token }: Customer,
): Promise<void> {
  await lookUp(place, colleagues.maker, account);

  place.announce('Lock the user, with a reason: it is kept sealed, and everything else carries its id alone');
  await act(place, colleagues.maker, account, 'lock', 'He called: his phone was stolen');
  announce('Within a second the access token opens nothing, in any service');
  const isRefused = ({ status }: Exchange) => status === 401;
  await Promise.all(
    customerRoutes.map((route) => client.sendUntil(isRefused, takesEffectWithinMs, 'GET', route, { token })),
  );
  announce('And the user cannot sign in: the answer is that of a wrong password');
  const { email: identifier, password } = account;
  expectStatus(await client.send('POST', '/v1/auth/login', { body: { identifier, password } }), 401);

  place.announce('Unlock the user');
  await act(place, colleagues.maker, account, 'unlock', 'He came to the branch with his passport');
  await resetFactors(place, colleagues, account);
  await readLedger(place, colleagues.checker, account);
}

async function lookUp({ client, announce }: Required<Console>, token: string, account: Account): Promise<void> {
  announce('Staff look for a customer by an address, which stands in no URL');
  const search = await client.send('POST', '/v1/admin/users/search', { token, body: { email: account.email } });
  const { items } = expectStatus<{ items: { userId: string }[] }>(search, 200);
  assert.deepEqual(
    items.map(({ userId }) => userId),
    [account.userId],
  );

  announce('What they see of the user is masked');
  const view = await client.send('GET', `/v1/admin/users/${account.userId}`, { token });
  const { user } = expectStatus<{ user: { email: string } }>(view, 200);
  assert.notEqual(user.email, account.email);
}

async function act(
  { client }: Console,
  token: string,
  { userId }: Account,
  name: string,
  reason: string,
): Promise<void> {
  expectStatus(await client.send('POST', `/v1/admin/users/${userId}/${name}`, { token, body: { reason } }), 204);
}

async function resetFactors(
  { client, announce }: Required<Console>,
  { maker, checker }: Colleagues,
  { userId }: Account,
): Promise<void> {
  announce('His authenticator app is gone with the phone. Resetting factors takes two: one asks');
  const asked = await client.send('POST', `/v1/admin/users/${userId}/reset-mfa`, {
    token: maker,
    body: { reason: 'The app was on the stolen phone' },
  });
  const { approvalId } = expectStatus<{ approvalId: string }>(asked, 202);
  const approve = `/v1/admin/approvals/${approvalId}/approve`;

  announce('He cannot approve it himself');
  expectStatus(await client.send('POST', approve, { token: maker, body: {} }), 403);
  announce('A colleague can, once');
  expectStatus(await client.send('POST', approve, { token: checker, body: { reason: 'Passport seen' } }), 204);
  expectStatus(await client.send('POST', approve, { token: checker, body: {} }), 409);
}

async function readLedger({ client, announce }: Required<Console>, token: string, { userId }: Account): Promise<void> {
  announce('The ledger has all of it');
  const wanted = ['user.status_changed', 'admin.action.performed', 'mfa.factor.removed'];
  const isRecorded = ({ status, body }: Exchange) => {
    const items = status === 200 ? (body as { items: { entry: { action: string } }[] }).items : [];
    return wanted.every((action) => items.some(({ entry }) => entry.action === action));
  };
  const path = `/v1/admin/audit?subject=${userId}&limit=100`;
  await client.sendUntil(isRecorded, recordedWithinMs, 'GET', path, { token });

  announce('And nobody has changed it');
  const isDone = ({ status }: Exchange) => status === 200;
  const verified = await client.sendUntil(isDone, recordedWithinMs, 'GET', '/v1/admin/audit/verify', { token });
  const { report } = expectStatus<{ report: { ok: boolean } | null }>(verified, 200);
  assert.equal(report?.ok, true);
}
