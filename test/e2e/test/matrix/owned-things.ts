import { randomInt } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import type { Stack } from '@bank/scripts/stack';
import { deviceKey } from '@bank/testing';
import { type Exchange, expectStatus, type GatewayClient } from '#client.ts';
import { asOwner } from '../support/database.ts';
import type { Person } from '../support/people.ts';

/** A thing of a customer's that a route names, and a request about it whose form is right. */
export interface OwnedThing {
  idOf(owner: Person, client: GatewayClient, stack: Stack): Promise<string>;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

// No version that there is: what is meant is found, and not changed.
const headers = { 'if-match': '"v999"' };
const factor: OwnedThing = { idOf: async ({ factorId }) => factorId };
const device: OwnedThing = { idOf: async ({ account }) => account.device.id };

const keyBody = { challengeId: uuidv7(), publicKey: deviceKey().jwk, signature: 'A'.repeat(86) };

/** Each route of the table that names a thing of a customer; what ends the owner's session comes last. */
export const ownedThings: Readonly<Record<string, OwnedThing>> = {
  'GET /v1/mfa/factors/{id}': factor,
  'PATCH /v1/mfa/factors/{id}': { ...factor, body: { label: 'Mine' }, headers },
  'DELETE /v1/mfa/factors/{id}': { ...factor, headers },
  'POST /v1/mfa/totp/{id}/confirm': { idOf: pendingFactor, body: { code: '000000' } },
  'POST /v1/mfa/sms/{id}/confirm': { idOf: pendingOf('sms'), body: { code: '000000' } },
  'POST /v1/mfa/email/{id}/confirm': { idOf: pendingOf('email'), body: { code: '000000' } },
  'GET /v1/devices/{id}': device,
  'PATCH /v1/devices/{id}': { ...device, body: { name: 'Mine' }, headers },
  'DELETE /v1/devices/{id}': { ...device, headers },
  'POST /v1/devices/{id}/trust': device,
  'POST /v1/devices/{id}/untrust': device,
  'POST /v1/devices/{id}/key/challenge': device,
  'PUT /v1/devices/{id}/key': { ...device, body: keyBody, headers },
  'DELETE /v1/devices/{id}/key': { ...device, headers },
  // Before what locks the owner's name.
  'POST /v1/profile/bank-accounts/{id}/default': { idOf: bankAccount },
  'DELETE /v1/profile/bank-accounts/{id}': { idOf: bankAccount },
  'DELETE /v1/profile/biller-accounts/{id}': { idOf: billerAccount },
  'GET /v1/profile/change-requests/{id}': { idOf: changeRequest },
  'POST /v1/profile/change-requests/{id}/withdraw': { idOf: changeRequest },
  'POST /v1/kyc/documents/{id}/complete': { idOf: kycDocument },
  'DELETE /v1/auth/sessions/{id}': { idOf: async ({ sessionId }) => sessionId },
};

/** The sandbox finds whom the owner is called, for it was told. */
async function bankAccount({ token }: Person, client: GatewayClient, stack: Stack): Promise<string> {
  const accountNumber = String(randomInt(1e9, 1e10));
  await nameHolder(client, stack, { token, number: accountNumber });
  const body = { country: 'NG', bankCode: '044', accountNumber };
  return expectStatus<{ id: string }>(await client.send('POST', '/v1/profile/bank-accounts', { token, body }), 201).id;
}

async function billerAccount({ token }: Person, client: GatewayClient): Promise<string> {
  const customerNumber = `${randomInt(1e7, 1e8)}00`;
  const item = { country: 'NG', category: 'UTILITYBILLS', billerCode: 'BIL113', itemCode: 'UB159' };
  const linked = await client.send('POST', '/v1/profile/biller-accounts', { token, body: { ...item, customerNumber } });
  return expectStatus<{ id: string }>(linked, 201).id;
}

/** Makes an account the owner's: their legal name is told to the bank, after it was told to us where it was not. */
async function nameHolder(client: GatewayClient, stack: Stack, { token, number }: { token: string; number: string }) {
  const isThere = ({ status }: Exchange) => status === 200;
  const found = await client.sendUntil(isThere, 10_000, 'GET', '/v1/profile', { token });
  let { givenName, familyName } = found.body as { givenName: string | null; familyName: string | null };
  if (givenName === null || familyName === null) {
    [givenName, familyName] = ['Ada', 'Byron'];
    const headers = { 'if-match': found.headers.get('etag') ?? '' };
    const named = await client.send('PATCH', '/v1/profile', { token, body: { givenName, familyName }, headers });
    expectStatus(named, 200);
  }
  const holder = { method: 'PUT', body: JSON.stringify({ name: `${givenName} ${familyName}` }) };
  await fetch(new URL(`/api/holders/${number}`, stack.addresses.sandbox.http), holder);
}

async function pendingFactor({ token }: Person, client: GatewayClient): Promise<string> {
  const begun = await client.send('POST', '/v1/mfa/totp', { token, body: { label: 'Another' } });
  return expectStatus<{ factorId: string }>(begun, 201).factorId;
}

/** A request to change what was verified, as if it had been. */
async function changeRequest({ account, token }: Person, client: GatewayClient, stack: Stack): Promise<string> {
  const path = '/v1/profile/change-requests';
  await asOwner(stack.owners.profile, (owned) =>
    owned.query('update profile.profiles set identity_locked_at = now() where user_id = $1', [account.userId]),
  );
  const body = { changes: { familyName: 'Lovelace' }, reason: 'I married.' };
  await client.send('POST', path, { token, body });
  const { items } = expectStatus<{ items: { id: string }[] }>(await client.send('GET', path, { token }), 200);
  return items[0]?.id ?? 'none was opened';
}

/** One of a kind that needs an address which the owner need not have: an app under enrolment that becomes such a factor. */
function pendingOf(type: 'sms' | 'email'): OwnedThing['idOf'] {
  return async (owner, client, stack) => {
    const id = await pendingFactor(owner, client);
    await asOwner(stack.owners.mfa, (owned) =>
      owned.query('update mfa.factors set type = $2 where id = $1', [id, type]),
    );
    return id;
  };
}

async function kycDocument({ token }: Person, client: GatewayClient): Promise<string> {
  const picture = { contentType: 'image/png', sizeBytes: 68, sha256: '0'.repeat(64) };
  const body = { kind: 'selfie', country: 'DE', ...picture };
  const begun = await client.send('POST', '/v1/kyc/documents', { token, body });
  return expectStatus<{ documentId: string }>(begun, 201).documentId;
}
