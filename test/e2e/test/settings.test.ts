import { uuidv7 } from '@bank/domain';
import { beforeAll, expect, test } from 'vitest';
import { type Place, registerAccount } from '#account.ts';
import { expectStatus, GatewayClient } from '#client.ts';
import { sharedStack } from '#test-stack.ts';
import { asOwner } from './support/database.ts';

const it = sharedStack();
let place: Place;

beforeAll(() => {
  const { addresses } = it.stack;
  place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
});

/** In which language auth writes to a user. */
function languageOf(userId: string): Promise<string | null> {
  const sql = 'select locale from auth.users where id = $1';
  return asOwner(it.stack.owners.auth, async (owned) => (await owned.query(sql, [userId])).rows[0]?.locale ?? null);
}

test('whoever chooses another language is soon written to in it, by the service that asks for it', async () => {
  const { client } = place;
  const { accessToken: token, userId } = await registerAccount(place);
  const read = await client.sendUntil(({ status }) => status === 200, 5_000, 'GET', '/v1/settings', { token });
  const headers = { 'if-match': read.headers.get('etag') ?? '' };
  const body = { language: 'pt-br', quietHours: { from: '22:00', to: '07:00' } };
  const changed = await client.send('PATCH', '/v1/settings', { token, headers, body });
  expect(expectStatus<{ language: string }>(changed, 200).language).toBe('pt-BR');
  await expect.poll(() => languageOf(userId), { timeout: 10_000 }).toBe('pt-BR');
});

test('the terms of the registration are the first consent, and others are given and withdrawn', async () => {
  const { client } = place;
  const { accessToken: token } = await registerAccount(place);
  const path = '/v1/settings/consents';
  const list = async () => {
    const answer = await client.sendUntil(({ status }) => status === 200, 5_000, 'GET', path, { token });
    return expectStatus<{ items: { purpose: string; decision: string }[] }>(answer, 200).items;
  };
  await expect.poll(list, { timeout: 10_000 }).toMatchObject([{ purpose: 'terms', decision: 'given' }]);
  for (const decision of ['given', 'withdrawn']) {
    const body = { purpose: 'analytics', version: '2026-01', decision };
    expectStatus(await client.send('POST', path, { token, body, headers: { 'idempotency-key': uuidv7() } }), 201);
  }
  expect((await list()).map(({ purpose, decision }) => `${purpose} ${decision}`)).toEqual([
    ...['analytics withdrawn', 'analytics given', 'terms given'],
  ]);
});
