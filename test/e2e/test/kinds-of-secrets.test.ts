import { proofKey } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Account, type Place, registerAccount, signIn } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { sharedStack } from '#test-stack.ts';
import { approve } from '#transaction-example.ts';
import { payerWithKey, payment } from './support/payers.ts';
import { customer, enrollingStaff, type Person, staffMember } from './support/people.ts';

const it = sharedStack();
const tokens = ['customer', 'staff', 'enrolment'] as const;
type Token = (typeof tokens)[number];

/** A way in to each app, through the gateway, and whose tokens open it. */
const doors: readonly (readonly [string, readonly Token[]])[] = [
  ['/v1/auth/session', ['customer']],
  ['/v1/auth/me', ['customer']],
  ['/v1/profile', ['customer']],
  ['/v1/mfa/factors', ['customer']],
  ['/v1/devices', ['customer']],
];
const staffDoors: typeof doors = [
  ['/v1/auth/session', ['customer', 'staff', 'enrolment']],
  ['/v1/auth/me', ['customer', 'staff']],
  ['/v1/mfa/factors', ['customer', 'staff', 'enrolment']],
  ['/v1/admin/approvals', ['staff']],
];
const lists = ['/v1/auth/sessions', '/v1/devices', '/v1/devices/sign-ins'];

let place: Place;
let staff: GatewayClient;
let person: Person;
/** Somebody with two sessions, on two devices. */
let lister: Account;
let secrets: Readonly<Record<string, string>>;

beforeAll(async () => {
  const { addresses } = it.stack;
  place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
  staff = new GatewayClient(addresses.staff);
  person = await customer(place);
  lister = await registerAccount(place);
  await signIn(place, { ...lister, device: { id: '', secret: 'dv_of_nobody' } });
  const colleague = await staffMember(it.stack, place, 'compliance');
  const { client } = place;
  const codes = expectStatus<{ codes: string[] }>(
    await client.send('POST', '/v1/mfa/recovery-codes', { token: person.token }),
    201,
  );
  const { account } = person;
  const payer = await payerWithKey(place);
  secrets = {
    customer: person.token,
    staff: colleague.token,
    enrolment: (await enrollingStaff(it.stack, place)).tokens.accessToken,
    'a refresh token': account.refreshToken,
    'a device secret': account.device.secret,
    'a proof': proofKey().proof({ method: 'GET', url: `${addresses.gateway}/v1/profile` }),
    'a nonce': (await nonce()) ?? '',
    'a recovery code': codes.codes[0] ?? '',
    'a transaction token': await approve(client, payer, payment),
    'a signature of a device': payer.sign('user-service.device-key.approve.v1', payer.deviceId, '', ''),
    'a registration id': account.registrationId,
    'a session id': person.sessionId,
    'a user id': account.userId,
    'a device id': account.device.id,
    'a factor id': person.factorId,
    ...Object.fromEntries(await Promise.all(lists.map(async (list) => [`a cursor of ${list}`, await cursorOf(list)]))),
  };
}, 120_000);

async function nonce(): Promise<string | null> {
  const dpop = proofKey().proof({ method: 'POST', url: `${it.stack.addresses.gateway}/v1/auth/login` });
  const body = { identifier: 'ada@example.com', password: 'x' };
  const { headers } = await place.client.send('POST', '/v1/auth/login', { body, headers: { dpop } });
  return headers.get('dpop-nonce');
}

/** What a list of two leads to the second with; some lists hear of it by an event. */
async function cursorOf(list: string): Promise<string> {
  const hasMore = ({ body }: { body: unknown }) => (body as { nextCursor?: string | null }).nextCursor != null;
  const token = lister.accessToken;
  const page = await place.client.sendUntil(hasMore, 10_000, 'GET', `${list}?limit=1`, { token });
  return (page.body as { nextCursor: string }).nextCursor;
}

describe('SR-55: every kind of token and secret at every app', () => {
  test('opens nothing as an access token but where it is one', { timeout: 60_000 }, async () => {
    for (const [client, some] of [
      [place.client, doors],
      [staff, staffDoors],
    ] as const) {
      for (const [path, takes] of some) {
        for (const [kind, token] of Object.entries(secrets)) {
          const { status } = await client.send('GET', path, { token });
          const isTaken = (takes as readonly string[]).includes(kind);
          expect([kind, path, status < 300 ? 'taken' : status]).toEqual([kind, path, isTaken ? 'taken' : 401]);
        }
      }
    }
  });

  test('is a cursor of its own list alone', { timeout: 60_000 }, async () => {
    for (const list of lists) {
      for (const [kind, cursor] of Object.entries(secrets)) {
        const path = `${list}?limit=1&cursor=${encodeURIComponent(cursor)}`;
        const { status } = await place.client.send('GET', path, { token: lister.accessToken });
        expect([kind, list, status]).toEqual([kind, list, kind === `a cursor of ${list}` ? 200 : 422]);
      }
    }
  });
});
