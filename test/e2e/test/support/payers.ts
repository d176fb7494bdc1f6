import { type DeviceKey, deviceKey } from '@bank/testing';
import type { Place } from '#account.ts';
import { expectStatus } from '#client.ts';
import type { AppSession, Transaction } from '#transaction-example.ts';
import { customer, type Person } from './people.ts';

/** A customer whose device has a key. */
export interface Payer extends AppSession {
  readonly person: Person;
  readonly key: DeviceKey;
}

export const payment: Transaction = {
  type: 'payment',
  payload: { amount: '150.00', currency: 'EUR', payee: { name: 'Ada Obi', account: 'GB29NWBK60161331926819' } },
};

/** Somebody who has registered, enrolled an authenticator app and bound a key to their device. */
export async function payerWithKey(place: Place): Promise<Payer> {
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
  return { person, key, accessToken: token, deviceId: account.device.id, sign: key.sign };
}
