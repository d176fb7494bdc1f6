import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuthService } from '@bank/proto/auth';
import type { RequestOptions } from '@bank/testing/webauthn';
import type { Client } from '@connectrpc/connect';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Place } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { waitForMessage } from '#inbox.ts';
import { enrolPasskey, newPhone } from '#passkeys.ts';
import { sharedStack } from '#test-stack.ts';
import { approve, authClient, executePayment, type Transaction } from '#transaction-example.ts';
import { type Payer, payerWithKey, payment } from './support/payers.ts';

const it = sharedStack();
let place: Place;
let payments: Client<typeof AuthService>;
let payer: Payer;
let stranger: Payer;

beforeAll(async () => {
  const { addresses } = it.stack;
  place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
  const folder = dirname(addresses.tls.ca);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const identity = { ca: read('ca.pem'), cert: read('payments.pem'), key: read('payments.key') };
  payments = authClient(addresses.apps.auth.rpc, identity);
  payer = await payerWithKey(place);
  stranger = await payerWithKey(place);
  await waitForMessage(place.inboxUrl, stranger.person.account.email, 'device-key-bound');
}, 120_000);

interface PasskeyQuestion {
  readonly challengeId: string;
  readonly options: RequestOptions;
  readonly nonce: string;
  readonly transaction: { readonly digest: string };
}

const bytesOf = (text: string) => Buffer.from(text, 'base64url');

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

  test('is approved by a passkey, which signs its digest', { timeout: 60_000 }, async () => {
    const { client } = place;
    const { accessToken: token } = payer;
    const phone = newPhone();
    const factorId = await enrolPasskey(client, token, phone);
    const asked = await client.send('POST', '/v1/auth/step-up/challenge', {
      token,
      body: { factorId, transaction: payment },
    });
    const { challengeId, options, nonce, transaction } = expectStatus<PasskeyQuestion>(asked, 200);
    const bound = createHash('sha256').update(bytesOf(nonce)).update(bytesOf(transaction.digest)).digest('base64url');
    expect(options.challenge).toBe(bound);
    const body = { challengeId, response: phone.get(options, client.origin) };
    const approved = await client.send('POST', '/v1/auth/step-up/verify', { token, body });
    const { transactionToken } = expectStatus<{ transactionToken: string }>(approved, 200);
    expect((await client.send('POST', '/v1/auth/step-up/verify', { token, body })).status).toBe(404);
    expect(await booked(transactionToken)).toHaveLength(1);
    expect(await booked(transactionToken)).toEqual([]);
  });

  test('is executed once, however many replicas are asked at once', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 5; round += 1) {
      const token = await approve(place.client, payer, payment);
      const books = await Promise.all(Array.from({ length: 8 }, () => booked(token)));
      expect(books.flat()).toHaveLength(1);
    }
  });
});
