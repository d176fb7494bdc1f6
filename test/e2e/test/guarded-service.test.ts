import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { audiences } from '@bank/domain';
import { startGuardingGateway } from '@bank/scripts/stack';
import { temporaryFolder } from '@bank/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Account, registerAccount } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { sharedStack } from '#test-stack.ts';
import { type Person, staffMember } from './support/people.ts';

const it = sharedStack();

// Other services of the bank behind our nginx, which asks the auth that there is: `scripts/test/gateway-guard.test.ts` has a stand-in.
const reached: IncomingHttpHeaders[] = [];
const service = createServer((request, response) => {
  reached.push(request.headers);
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"from":"service"}');
});

let guarded: GatewayClient;
let atStaffs: GatewayClient;
let account: Account;
let support: Person;
let stop: () => Promise<void>;

beforeAll(async () => {
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const addresses = [`127.0.0.1:${(service.address() as AddressInfo).port}`];
  const audience = audiences.customers;
  const gateway = await startGuardingGateway(it.stack, temporaryFolder('guarding-gateway'), [
    { name: 'statements', path: '/v1/statements', addresses, demands: { audience } },
    { name: 'payments', path: '/v1/payments', addresses, demands: { audience, acr: 'aal2', maxAge: '300' } },
    { name: 'desk', path: '/v1/desk', addresses, demands: { audience: audiences.staff } },
  ]);
  stop = () => gateway.process.stop();
  guarded = new GatewayClient(gateway.url);
  atStaffs = new GatewayClient(gateway.staffUrl);
  const { gateway: own, sandbox } = it.stack.addresses;
  const place = { client: new GatewayClient(own), inboxUrl: sandbox.http };
  account = await registerAccount(place);
  support = await staffMember(it.stack, place, 'support');
}, 120_000);
afterAll(async () => {
  await stop();
  service.close();
});
beforeEach(() => {
  reached.length = 0;
});

test('SR-17 a guarded service is told by the real auth who asks', async () => {
  const headers = { 'x-internal-user-id': 'forged', 'x-internal-roles': 'admin' };
  const answer = await guarded.send('POST', '/v1/statements/7', { token: account.accessToken, headers, body: {} });
  expect(expectStatus(answer, 200)).toEqual({ from: 'service' });
  expect(reached).toMatchObject([{ 'x-internal-user-id': account.userId, 'x-internal-roles': 'customer' }]);
});

test.each([
  ['without a token', '/v1/statements', undefined, 401, 'auth.token.missing'],
  ['with a bad one', '/v1/statements', 'bad', 401, 'auth.token.invalid'],
  ['after too weak a sign-in', '/v1/payments', 'own', 403, 'auth.step_up.required'],
] as const)('%s nothing is passed on', async (_case, path, token, status, code) => {
  const options = token === undefined ? {} : { token: token === 'own' ? account.accessToken : token };
  const answer = await guarded.send('GET', path, options);
  expect(expectStatus(answer, status)).toMatchObject({ status, code });
  expect(reached).toEqual([]);
});

test('SR-72 a service of staff is at their listener alone, and takes no token of a customer there', async () => {
  const { token } = support;
  expectStatus(await guarded.send('GET', '/v1/desk', { token, headers: { 'x-bank-listener': 'staff' } }), 404);
  expectStatus(await guarded.send('GET', '/v1/statements', { token }), 401);
  const refused = await atStaffs.send('GET', '/v1/desk', { token: account.accessToken });
  expect(expectStatus(refused, 401)).toMatchObject({ code: 'auth.token.invalid' });
  expect(reached).toEqual([]);
  expectStatus(await atStaffs.send('GET', '/v1/desk', { token }), 200);
  expect(reached).toMatchObject([{ 'x-internal-user-id': support.account.userId, 'x-internal-roles': 'support' }]);
});

test('SR-46 a sign-out counts there within a second', async () => {
  const { accessToken: token } = account;
  expectStatus(await guarded.send('GET', '/v1/statements', { token }), 200);
  expectStatus(await guarded.send('POST', '/v1/auth/logout', { token }), 204);
  const isRefused = ({ status }: { status: number }) => status === 401;
  await guarded.sendUntil(isRefused, 1_000, 'GET', '/v1/statements', { token });
});
