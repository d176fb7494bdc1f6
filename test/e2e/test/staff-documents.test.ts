import { until } from '@bank/testing';
import { expect, test } from 'vitest';
import type { Place } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { sharedStack } from '#test-stack.ts';
import { passport } from '#uploads.ts';
import { verificationJourney } from '#verification-journey.ts';
import { staffMember } from './support/people.ts';

const it = sharedStack();
const timeout = 120_000;

interface ListedCase {
  readonly id: string;
  readonly userId: string;
  readonly documents: readonly { readonly id: string }[];
}

interface Entry {
  readonly entry: { readonly action: string; readonly details?: { readonly noteId?: string } };
}

test('SR-86: compliance opens a document of a closed case for a reason alone, which the ledger names', {
  timeout,
}, async () => {
  const { gateway, sandbox, staff } = it.stack.addresses;
  const place: Place = { client: new GatewayClient(gateway), inboxUrl: sandbox.http };
  const { userId } = await verificationJourney(place);
  const { token } = await staffMember(it.stack, place, 'compliance');
  const listener = new GatewayClient(staff);
  const listed = await listener.send('GET', '/v1/admin/kyc/cases?status=approved&limit=100', { token });
  const { items } = expectStatus<{ items: ListedCase[] }>(listed, 200);
  const found = items.find((one) => one.userId === userId);
  const kycCase = `/v1/admin/kyc/cases/${found?.id}`;
  const document = `${kycCase}/documents/${found?.documents[0]?.id}`;

  const refused = await listener.send('GET', document, { token });
  expect(expectStatus(refused, 403)).toMatchObject({ code: 'kyc.document.reason_needed' });
  const body = { reason: 'The customer says that the passport was stolen.' };
  expectStatus(await listener.send('POST', `${kycCase}/unmask`, { token, body }), 200);
  const { number, expiresOn } = passport;
  const said = expectStatus(await listener.send('GET', `${document}/particulars`, { token }), 200);
  expect(said).toEqual({ number, expiresOn });
  const picture = await fetch(new URL(document, staff), { headers: { authorization: `Bearer ${token}` } });
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);

  const notes = await until(async () => {
    const read = await listener.send('GET', `/v1/admin/audit?subject=${userId}&limit=100`, { token });
    const entries = expectStatus<{ items: Entry[] }>(read, 200).items.map(({ entry }) => entry);
    const noteOf = (wanted: string) =>
      entries.filter(({ action }) => action === wanted).map(({ details }) => details?.noteId);
    const [given, named] = [noteOf('admin.kyc_case.unmasked'), noteOf('kyc.document.read')];
    return given.length === 1 && named.length === 2 ? { given, named } : undefined;
  });
  const [noteId] = notes.given;
  expect(noteId).toEqual(expect.any(String));
  expect(notes.named).toEqual([noteId, noteId]);
});
