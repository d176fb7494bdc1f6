import { until } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Place } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { sharedStack } from '#test-stack.ts';
import { customer, type Person, staffMember } from './support/people.ts';

const it = sharedStack();
const reason = 'Asked for at the branch.';
let listener: GatewayClient;
let [ada, support, compliance, admin, second] = [] as unknown as [Person, Person, Person, Person, Person];

beforeAll(async () => {
  const { gateway, sandbox, staff } = it.stack.addresses;
  const place: Place = { client: new GatewayClient(gateway), inboxUrl: sandbox.http };
  listener = new GatewayClient(staff);
  ada = await customer(place);
  support = await staffMember(it.stack, place, 'support');
  compliance = await staffMember(it.stack, place, 'compliance');
  admin = await staffMember(it.stack, place, 'admin');
  second = await staffMember(it.stack, place, 'admin');
}, 180_000);

/** One request of a member of staff, as its status demands. */
async function staffSend<T>(
  { token }: Person,
  method: string,
  path: string,
  status: number,
  body?: object,
): Promise<T> {
  const answer = await listener.send(method, `/v1/admin${path}`, { token, ...(body && { body }) });
  return expectStatus<T>(answer, status);
}

async function ask(maker: Person, method: string, path: string, body: object): Promise<string> {
  const { approvalId } = await staffSend<{ approvalId: string }>(maker, method, path, 202, { reason, ...body });
  return approvalId;
}

const approve = (checker: Person, id: string, status = 204) =>
  staffSend<{ code?: string }>(checker, 'POST', `/approvals/${id}/approve`, status, {});

interface Seen {
  user: { email: string; status: string; roles: string[] };
  profile: Record<string, string | null>;
  sessions: unknown[];
  devices: unknown[];
  unmasked: { fields: string[] } | null;
  unavailable: string[];
}

const see = (staff: Person) => staffSend<Seen>(staff, 'GET', `/users/${ada.account.userId}`, 200);

describe('what staff do, over the five apps', () => {
  test('they find a user by the address, and see it masked', async () => {
    const { items } = await staffSend<{ items: object[] }>(support, 'POST', '/users/search', 200, {
      email: ada.account.email,
    });
    expect(items).toMatchObject([{ userId: ada.account.userId, status: 'active', emailVerified: true }]);
    const seen = await see(support);
    expect(seen.user.email).not.toBe(ada.account.email);
    expect(seen).toMatchObject({ unmasked: null, unavailable: [], user: { status: 'active', roles: ['customer'] } });
    expect([seen.sessions.length, seen.devices.length]).toEqual([expect.any(Number), 1]);
    expect(seen.sessions.length).toBeGreaterThan(0);
  });

  test('compliance unmasks the address for themselves alone', async () => {
    const path = `/users/${ada.account.userId}/unmask`;
    await staffSend(compliance, 'POST', path, 200, { fields: ['email', 'givenName'], reason });
    expect((await see(compliance)).user.email).toBe(ada.account.email);
    expect((await see(support)).user.email).not.toBe(ada.account.email);
  });

  test('they lock the user, and all tokens of the user are dead; they unlock the user', async () => {
    const customers = new GatewayClient(it.stack.addresses.gateway);
    const path = `/users/${ada.account.userId}`;
    await staffSend(support, 'POST', `${path}/lock`, 204, { reason });
    await until(async () => (await customers.send('GET', '/v1/profile', { token: ada.token })).status === 401);
    await until(async () => {
      const body = { status: 'locked' };
      const { items } = await staffSend<{ items: { userId: string }[] }>(support, 'POST', '/users/search', 200, body);
      return items.some(({ userId }) => userId === ada.account.userId);
    });
    await staffSend(support, 'POST', `${path}/unlock`, 204, { reason });
    await staffSend(support, 'POST', `${path}/sign-out`, 204, { reason });
    await staffSend(support, 'POST', `${path}/start-password-reset`, 204, { reason });
    await staffSend(support, 'POST', `${path}/resend-verification`, 409, { reason });
  });

  test('SR-72: support locks no administrator, nor itself', async () => {
    for (const { account } of [admin, support]) {
      await staffSend(support, 'POST', `/users/${account.userId}/lock`, 403, { reason });
    }
  });

  test('SR-71: two suspend, reinstate, reset factors and give roles, and nobody their own', async () => {
    const path = `/users/${ada.account.userId}`;
    const suspension = await ask(admin, 'POST', `${path}/suspend`, {});
    expect(await approve(admin, suspension, 403)).toMatchObject({ code: 'approval.own' });
    await approve(compliance, suspension);
    expect(await approve(second, suspension, 409)).toMatchObject({ code: 'approval.already_decided' });
    expect((await see(support)).user.status).toBe('suspended');
    await approve(admin, await ask(second, 'POST', `${path}/reinstate`, {}));
    await approve(admin, await ask(support, 'POST', `${path}/reset-mfa`, {}));
    await approve(second, await ask(admin, 'PUT', `${path}/roles`, { roles: ['support'] }));
    expect((await see(admin)).user).toMatchObject({ status: 'active', roles: ['support'] });
    await approve(second, await ask(admin, 'POST', `${path}/close`, {}));
    expect((await see(admin)).user).toMatchObject({ status: 'closed' });
  });

  test('SR-86: all of it stands in the ledger', async () => {
    const actions = await until(async () => {
      const query = `/audit?subject=${ada.account.userId}&limit=100`;
      const { items } = await staffSend<{ items: { entry: { action: string } }[] }>(admin, 'GET', query, 200);
      const found = new Set(items.map(({ entry }) => entry.action));
      return found.has('admin.approval.decided') && found.has('user.roles_changed') ? found : undefined;
    });
    expect([...actions]).toEqual(
      expect.arrayContaining(['admin.action.requested', 'admin.action.performed', 'user.status_changed']),
    );
  });
});
