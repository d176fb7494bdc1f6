import assert from 'node:assert/strict';
import type { Account, Place } from '#account.ts';
import { type Exchange, expectStatus } from '#client.ts';

interface DeviceView {
  readonly id: string;
  readonly name: string | null;
  readonly trusted: boolean;
  readonly current: boolean;
}

const appearsWithinMs = 5_000;

/** Find the device in the list, name it, and be refused to trust it on the password alone. @throws AssertionError naming the step */
export async function nameDevice(
  { client, announce }: Required<Place>,
  account: Account,
  token: string,
): Promise<void> {
  const { id } = account.device;
  announce('The device is in the list, by event');
  const isThere = ({ status, body }: Exchange) =>
    status === 200 && (body as { items: DeviceView[] }).items.some((device) => device.id === id);
  await client.sendUntil(isThere, appearsWithinMs, 'GET', '/v1/devices', { token });

  announce('Give it a name');
  const found = await client.send('GET', `/v1/devices/${id}`, { token });
  assert.equal(expectStatus<DeviceView>(found, 200).current, true);
  const headers = { 'if-match': found.headers.get('etag') ?? '' };
  const named = await client.send('PATCH', `/v1/devices/${id}`, { token, headers, body: { name: 'Laptop at home' } });
  assert.equal(expectStatus<DeviceView>(named, 200).name, 'Laptop at home');

  announce('Trusting it takes more than the password: the answer says what');
  const refused = await client.send('POST', `/v1/devices/${id}/trust`, { token });
  assert.equal(expectStatus<{ acr: string }>(refused, 403).acr, 'aal2');
}

/** Trust the device on a second factor that is fresh, and read who has signed in. @throws AssertionError naming the step */
export async function trustDevice(
  { client, announce }: Required<Place>,
  account: Account,
  token: string,
): Promise<void> {
  announce('With a second factor that is fresh the device can be trusted');
  const trusted = await client.send('POST', `/v1/devices/${account.device.id}/trust`, { token });
  assert.equal(expectStatus<DeviceView>(trusted, 200).trusted, true);

  announce('And here is every sign-in, those that failed as well');
  const told = ({ status, body }: Exchange) => {
    const outcomes = status === 200 ? (body as { items: { outcome: string }[] }).items.map((one) => one.outcome) : [];
    return outcomes.includes('succeeded') && outcomes.includes('failed');
  };
  await client.sendUntil(told, appearsWithinMs, 'GET', '/v1/devices/sign-ins', { token });
}
