import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuthService } from '@bank/proto/auth';
import { type DeviceKey, deviceKey } from '@bank/testing';
import type { Client } from '@connectrpc/connect';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Place } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { waitForMessage } from '#inbox.ts';
import { testStack } from '#test-stack.ts';
import { type AppSession, approve, authClient, executePayment, type Transaction } from '#transaction-example.ts';
import { customer, type Person } from './support/people.ts';

const it = testStack();
let place: Place;
let payments: Client<typeof AuthService>;
let payer: Payer;
let stranger: Payer;

const payment: Transaction = {
  type: 'payment',
  payload: { amount: '150.00', currency: 'EUR', payee: { name: 'Ada Obi', account: 'GB29NWBK60161331926819' } },
};

interface Payer extends AppSession {
  readonly person: Person;
  readonly key: DeviceKey;
}

/** A customer whose device has a key. */
async function payerWithKey(): Promise<Payer> {
  const { client } = place;
  const person = await customer(place);
  const { token, account } = person;
  const path = `/v1/devices/${account.device.id}`;
  // `device` hears of a new device by an event.
  const isThere = ({ status }: { status: number }) => status === 200;
  const asked = await client.sendUntil(isThere, 10_000, 'POST', `${path}/key/challenge`, { token });
  const { challengeId, challenge } = asked.body as { challengeId: string; challenge: string };
  const key = deviceKey();
  const signature = key.sign('user-service.device-key.bind.v1', account.device.id, challenge, key.thumbprint);
  const body = { challengeId, publicKey: key.jwk, signature };
  const headers = { 'if-match': asked.headers.get('etag') ?? '' };
  expectStatus(await client.send('PUT', `${path}/key`, { token, headers, body }), 200);
  await waitForMessage(place.inboxUrl, account.email, 'device-key-bound');
  return { person, key, accessToken: token, deviceId: account.device.id, sign: key.sign };
}

beforeAll(async () => {
  const { addresses } = it.stack;
  place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
  const folder = dirname(addresses.tls.ca);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const identity = { ca: read('ca.pem'), cert: read('payments.pem'), key: read('payments.key') };
  payments = authClient(addresses.apps.auth.rpc, identity);
  payer = await payerWithKey();
  stranger = await payerWithKey();
}, 120_000);

/** What a payments service books for an order; nothing when it refuses it. */
async function booked(token: string, order: { by?: Payer; payment?: Transaction['payload'] } = {}): Promise<unknown[]> {
  const books: unknown[] = [];
  const { by = payer, payment: what = payment.payload } = order;
  const request = { accessToken: by.accessToken, transactionToken: token, payment: what };
  await executePayment(payments, request, async (of, { userId }) => void books.push({ of, userId })).catch(() => []);
  return books;
}

describe('SR-63: a payment that its payer approves on a device with a key', () => {
  test('is executed once, and never with anything changed', { timeout: 60_000 }, async () => {
    const token = await approve(place.client, payer, payment);
    expect(await booked(token)).toEqual([{ of: payment.payload, userId: payer.person.account.userId }]);
    expect(await booked(token)).toEqual([]);

    const other = await approve(place.client, payer, payment);
    expect(await booked(other, { payment: { ...payment.payload, amount: '1500.00' } })).toEqual([]);
    expect(await booked(other)).toEqual([]);
  });

  test('is nobody else’s, whoever sends it first', { timeout: 60_000 }, async () => {
    const token = await approve(place.client, payer, payment);
    expect(await booked(token, { by: stranger })).toEqual([]);
    expect(await booked(token)).toHaveLength(1);
  });

  test('is not approved by the key of another device, nor over another payment', { timeout: 60_000 }, async () => {
    const foreign = approve(place.client, { ...payer, sign: stranger.sign }, payment);
    await expect(foreign).rejects.toThrow(/401/);
    const elsewhere = approve(place.client, { ...payer, deviceId: stranger.deviceId }, payment);
    await expect(elsewhere).rejects.toThrow(/404/);
  });

  test('is executed once, however many replicas are asked at once', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 5; round += 1) {
      const token = await approve(place.client, payer, payment);
      const books = await Promise.all(Array.from({ length: 8 }, () => booked(token)));
      expect(books.flat()).toHaveLength(1);
    }
  });
});
